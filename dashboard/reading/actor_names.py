"""Who speaks and acts in this news: names as they are written, in English and Russian."""

from __future__ import annotations

import re
from typing import Final

PERSONS: Final = {
    "Alexander Lukashenko": r"Lukashenk[oa]|Лукашенко",
    "Alexander Novak": r"Novak|Новак\w{0,2}",
    "Andrii Sybiha": r"Sybiha|Сибиг\w",
    "Andriy Yermak": r"Yermak|Ермак\w{0,2}",
    "Anton Siluanov": r"Siluanov|Силуанов\w{0,2}",
    "Antony Blinken": r"Blinken|Блинкен\w{0,2}",
    "António Costa": r"Costa",
    "Dmitry Medvedev": r"Medvedev|Медведев\w{0,2}",
    "Dmitry Peskov": r"Peskov|Песков\w{0,2}",
    "Donald Trump": r"Trump|Трамп\w{0,2}",
    "Elvira Nabiullina": r"Nabiullina|Набиуллин\w{1,2}",
    "Emmanuel Macron": r"Macron|Макрон\w{0,2}",
    "Friedrich Merz": r"Merz|Мерц\w{0,2}",
    "Igor Sechin": r"Sechin|Сечин\w{0,2}",
    "JD Vance": r"Vance|Вэнс\w{0,2}",
    "Janet Yellen": r"Yellen|Йеллен",
    "Jens Stoltenberg": r"Stoltenberg|Столтенберг\w{0,2}",
    "Jerome Powell": r"Powell|Пауэлл\w{0,2}",
    "Joe Biden": r"Biden|Байден\w{0,2}",
    "Kaja Kallas": r"Kallas|Каллас",
    "Keir Starmer": r"Starmer|Стармер\w{0,2}",
    "Keith Kellogg": r"Kellogg|Келлог\w{0,2}",
    "Kirill Dmitriev": r"Dmitriev|Дмитриев\w{0,2}",
    "Marco Rubio": r"Rubio|Рубио",
    "Maria Zakharova": r"Zakharova|Захаров(?:а|ой|у)",
    "Mark Rutte": r"Rutte|Рютте",
    "Maxim Reshetnikov": r"Reshetnikov|Решетников\w{0,2}",
    "Mikhail Mishustin": r"Mishustin|Мишустин\w{0,2}",
    "Narendra Modi": r"Modi|Моди",
    "Olaf Scholz": r"Scholz|Шольц\w{0,2}",
    "Pete Hegseth": r"Hegseth|Хегсет\w{0,2}",
    "Recep Tayyip Erdogan": r"Erdo[gğ]an|Эрдоган\w{0,2}",
    "Rustem Umerov": r"Umerov|Умеров\w{0,2}",
    "Scott Bessent": r"Bessent|Бессент\w{0,2}",
    "Sergei Lavrov": r"Lavrov|Лавров\w{0,2}",
    "Sergei Ryabkov": r"Ryabkov|Рябков\w{0,2}",
    "Sergei Shoigu": r"Shoigu|Шойгу",
    "Steve Witkoff": r"Witkoff|Уиткофф\w{0,2}|Виткофф\w{0,2}",
    "Ursula von der Leyen": r"von der Leyen|фон дер Ляйен",
    "Viktor Orban": r"Orb[aá]n|Орбан\w{0,2}",
    "Vladimir Medinsky": r"Medinsky|Мединск\w{2,3}",
    "Vladimir Putin": r"Putin|Путин\w{0,2}",
    "Volodymyr Zelensky": r"Zelensk(?:y|yy|iy|yi|i)|Зеленск\w{2,3}",
    "Wally Adeyemo": r"Adeyemo|Адейемо",
    "Xi Jinping": r"Xi(?: Jinping)?|Си Цзиньпин\w?",
    "Yuri Ushakov": r"Ushakov|Ушаков\w{0,2}",
}
"""Persons by the last part of their names; what stands before it may differ."""

INSTITUTIONS: Final = {
    "Bank of Russia": r"Bank of Russia|Russia['’]s central bank|Russian central bank"
    r"|Central Bank of Russia|CBR|Банк\w? России|ЦБ(?: РФ)?|Центробанк\w{0,2}",
    "Central bank": r"[Tt]he central bank",
    "European Central Bank": r"European Central Bank|ECB|ЕЦБ",
    "Federal Reserve": r"Federal Reserve|the Fed|ФРС",
    "European Council": r"Council of the (?:European Union|EU)|European Council|[Tt]he Council"
    r"|Совет\w? ЕС|Евросовет\w?",
    "European Commission": r"European Commission|Commission|Еврокомисси\w",
    "European Parliament": r"European Parliament|Европарламент\w?",
    "Kremlin": r"Kremlin|Кремл[ьяюе]\w?",
    "State Duma": r"State Duma|Duma|Госдум\w|Государственн\w{2} дум\w",
    "Federation Council": r"Federation Council|Совет\w? Федерации|Совфед\w?",
    "US Treasury": r"(?:U\.?S\.? )?Treasury(?: Department)?|OFAC|Минфин\w? США",
    "State Department": r"(?:U\.?S\.? )?State Department|Госдеп\w*",
    "White House": r"White House|Бел(?:ый|ого|ом) дом\w?",
    "Pentagon": r"Pentagon|Пентагон\w?",
    "US Congress": r"(?:U\.?S\.? )?(?:Senate|Congress|House of Representatives)|Конгресс\w? США"
    r"|Сенат\w? США",
    "Finance Ministry of Russia": r"(?:Russian |Russia['’]s )?(?:[Ff]inance [Mm]inistry"
    r"|[Mm]inistry of [Ff]inance)|Минфин\w?(?: РФ| России)?",
    "Economy Ministry of Russia": r"(?:Russian )?[Ee]conomy [Mm]inistry|Минэкономразвити\w",
    "Foreign Ministry of Russia": r"(?:Russian |Russia['’]s )?[Ff]oreign [Mm]inistry"
    r"|МИД\w?(?: РФ| России)?",
    "Defence Ministry of Russia": r"(?:Russian |Russia['’]s )?[Dd]efen[cs]e [Mm]inistry"
    r"|Минобороны(?: РФ| России)?",
    "OPEC+": r"OPEC\+?|ОПЕК\+?",
    "NATO": r"NATO|Nato|НАТО",
    "G7": r"G7|Group of Seven|\bG-7|Больш\w{2} семерк\w",
    "IMF": r"IMF|International Monetary Fund|МВФ",
    "United Nations": r"United Nations|UN Security Council|U\.N\.|ООН",
    "Gazprom": r"Gazprom|Газпром\w{0,2}",
    "Rosneft": r"Rosneft|Роснефт[ьи]",
    "Lukoil": r"Lukoil|Лукойл\w?",
    "Moscow Exchange": r"Moscow Exchange|MOEX|Мос(?:ковск\w{2} )?бирж\w",
    "European Union (EU)": r"European Union|EU(?: leaders)?|ЕС|Евросоюз\w?|Стран\w ЕС"
    r"|European leaders",
    "United States": r"United States|U\.S\.|US|USA|Washington|США|Вашингтон\w?",
    "United Kingdom": r"United Kingdom|Britain|UK|London|Великобритани\w|Лондон\w?",
    "Ukraine": r"Ukraine|Kyiv|Kiev|Украин\w|Киев\w?",
    "Russia": r"Russia|Moscow|Росси\w|Москв\w",
    "China": r"China|Beijing|Кита[йяюе]|Пекин\w?",
    "India": r"India|New Delhi|Инди[яию]",
    "Turkey": r"Turkey|Türkiye|Ankara|Турци\w|Анкар\w",
    "Iran": r"Iran|Tehran|Иран\w?|Тегеран\w?",
    "Germany": r"Germany|Berlin|Германи\w|Берлин\w?",
    "France": r"France|Paris|Франци\w|Париж\w?",
}
"""Institutions and states; the first that fits a place in the text is taken."""


def _any_of(names: dict[str, str]) -> re.Pattern[str]:
    groups = (f"(?P<n{number}>{pattern})" for number, pattern in enumerate(names.values()))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(groups)})(?![\w])")


PERSON: Final = _any_of(PERSONS)
INSTITUTION: Final = _any_of(INSTITUTIONS)


def person_of(match: re.Match[str]) -> str:
    """The full name of a person who was found."""
    return _name(match, PERSONS)


def institution_of(match: re.Match[str]) -> str:
    """The name of an institution that was found."""
    return _name(match, INSTITUTIONS)


def _name(match: re.Match[str], names: dict[str, str]) -> str:
    assert match.lastgroup is not None
    return tuple(names)[int(match.lastgroup[1:])]
