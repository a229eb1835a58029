"""The words of saying and doing, and those that turn a sentence to the future."""

from __future__ import annotations

import re
from typing import Final

SAYING: Final = re.compile(
    r"""\b(?:said|says|told|tells|announc(?:es|ed)|warn(?:s|ed)|call(?:s|ed)|writes|wrote|add(?:s|ed)
    |(?-i:stat(?:es|ed))|declar(?:es|ed)|insist(?:s|ed)|den(?:ies|ied)|confirm(?:s|ed)|accus(?:es|ed)
    |demand(?:s|ed)|suggest(?:s|ed)|argu(?:es|ed)|promis(?:es|ed)|vow(?:s|ed)|pledg(?:es|ed)
    |threaten(?:s|ed)|urg(?:es|ed)|welcom(?:es|ed)|reject(?:s|ed)|propos(?:es|ed)|repeat(?:s|ed)
    |reiterat(?:es|ed)|acknowledg(?:es|ed)|admit(?:s|ted)|describ(?:es|ed)|report(?:s|ed)
    |rul(?:es|ed)\ out|float(?:s|ed)|sp(?:oke|eaks)\ of|announce|warn|say|tell|reject|insist
    |comment(?:s|ed)|declin(?:es|ed)|posted|tweeted|signal(?:s|led)|hint(?:s|ed)|claim(?:s|ed)
    |predict(?:s|ed)|mention(?:s|ed)|explain(?:s|ed)|noted|notes|asked|replied|responded
    |заяви(?:л|ла|ло|ли)|сказа(?:л|ла|ли)|сообщи(?:л|ла|ло|ли)|сообща(?:ет|ют)|отмети(?:л|ла|ли)
    |назва(?:л|ла|ли)|предупреди(?:л|ла|ли)|пригрози(?:л|ла|ли)|пообеща(?:л|ла|ли)|призва(?:л|ла|ли)
    |подчеркну(?:л|ла|ли)|доба(?:вил|вила|вили)|написа(?:л|ла|ли)|объяви(?:л|ла|ли)|подтверди(?:л|ла|ли)
    |рассказа(?:л|ла|ли)|указа(?:л|ла|ли)|уточни(?:л|ла|ли)|поясни(?:л|ла|ли)|отказа(?:лся|лась|лись)
    |прокомментирова(?:л|ла|ли)|выска(?:зался|залась)|допусти(?:л|ла|ли)|опроверг(?:ла|ли)?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words of saying; each is followed or preceded by who says."""

DOING: Final = re.compile(
    r"""\b(?:adopt(?:s|ed)|approv(?:es|ed)|impos(?:es|ed)|lift(?:s|ed)|cuts?|raised|raises|lowered
    |lowers|hiked|kept|keeps|signed|signs|met|meets?|held|holds?|hosts?|hosted|spoke|speaks|agreed?
    |agrees|launch(?:es|ed)|attack(?:s|ed)|invaded|invades|bombed|struck|strikes?|fired|shelled
    |captured|annexed|recogni[sz]ed|ordered|orders|suspended|suspends|pauses|paused|halted|halts
    |stopped|blacklisted|sanctioned|banned|bans|froze|freezes|seized|doubled|more\ than\ doubled
    |voted|votes|visit(?:s|ed|\ the)|arrived|travel(?:s|led)|resigned|dismissed|appointed|elected
    |extend(?:s|ed)|renew(?:s|ed)|join(?:s|ed)|withdr(?:ew|aws)|walked|proposed|published|publishes
    |decided?|decides|set|sets|transferred|exchanged|deliver(?:s|ed)|sent|sends|blocked|vetoed
    |called\ off|cancel(?:s|led)|postponed|delayed|declared|flow(?:s|ed|ing)|exploded|recognised
    |утверди(?:л|ла|ло|ли)|приня(?:л|ла|ло|ли)|вве(?:л|ла|ло|ли)|сня(?:л|ла|ли)|подписа(?:л|ла|ли)
    |повыси(?:л|ла|ли)|снизи(?:л|ла|ли)|сохрани(?:л|ла|ли)|прове(?:л|ла|ли)|встрети(?:лся|лась|лись)
    |договори(?:лся|лась|лись)|атакова(?:л|ла|ли)|удари(?:л|ла|ли)|обстреля(?:л|ла|ли)
    |уда́рил|нанес(?:ла|ли)?|нан[её]с|остановил(?:а|и)?|приостанови(?:л|ла|ли)|прекрати(?:л|ла|ли)
    |расшири(?:л|ла|ли)|продли(?:л|ла|ли)|согласова(?:л|ла|ли)|одобри(?:л|ла|ли)|отправи(?:л|ла|ли)
    |прилете(?:л|ла|ли)|прибы(?:л|ла|ли)|запрети(?:л|ла|ли)|внес(?:ла|ли)?|вн[её]с|обсуди(?:л|ла|ли)
    |поговори(?:л|ла|ли)|проголосова(?:л|ла|ли)|ввод(?:ит|ят)|назначи(?:л|ла|ли))\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words of doing that make news on their own."""

PAST: Final = re.compile(
    r"\b(?!need|speed|indeed|hundred|exceed|based|armed|united)[a-z]{2,}ed\b"
    r"|\b(?!капитал|материал|журнал|канал|потенциал|сигнал|начала|генерал|финал|тыла|сила|числ|дел)"
    r"[а-яё]{2,}[аиеуяоы]л(?:а|о|и|ся|ась|ось|ись)?\b"
)
"""Any other word that looks like a past tense; it counts where a known name stands before it."""

FUTURE: Final = re.compile(
    r"""\b(?:will|shall|would|due|scheduled|plan(?:s|ned)?|planning|expected|upcoming|set\ to
    |is\ set|are\ set|to\ meet|to\ hold|to\ visit|to\ speak|to\ decide|going\ to|about\ to|next
    |буд(?:ет|ут)|состо(?:ится|ятся)|пройд[её]т|намерен\w*|планиру\w+|ожида\w+|запланирован\w*
    |предсто\w+|встретится|встретятся|рассмотрит|проведут|проведет)\b""",
    re.IGNORECASE | re.VERBOSE,
)
CLAUSE_END: Final = re.compile(
    r"[;:—–]|,\s+(?:while|but|and|whereas|who|which|where|when|а|но|и|тогда\s+как)\b"
    r"|\s+while\s+|\s+whereas\s+",
    re.IGNORECASE,
)


def is_future(sentence: str, start: int, end: int) -> bool:
    """Whether a date inside a sentence is told of the future.

    The nearest word of future or of saying before it in its clause decides; where there is
    none, the first after it does.
    """
    begun = max((m.end() for m in CLAUSE_END.finditer(sentence, 0, start)), default=0)
    last_future = _last(FUTURE, sentence, begun, start)
    last_told = max(_last(SAYING, sentence, begun, start), _last(DOING, sentence, begun, start))
    if last_future >= 0 or last_told >= 0:
        return last_future >= last_told or (
            last_future >= 0 and _is_infinitive(sentence, last_told)
        )
    stop = CLAUSE_END.search(sentence, end)
    until = stop.start() if stop else len(sentence)
    first_future = FUTURE.search(sentence, end, until)
    told = [found for p in (SAYING, DOING) if (found := p.search(sentence, end, until))]
    first_told = min((found.start() for found in told), default=len(sentence))
    return first_future is not None and first_future.start() < first_told


def _last(pattern: re.Pattern[str], sentence: str, start: int, end: int) -> int:
    return max((m.start() for m in pattern.finditer(sentence, start, end)), default=-1)


def _is_infinitive(sentence: str, at: int) -> bool:
    """Whether the future itself governs a word of doing: "will meet", "is to decide"."""
    before = sentence[:at].rstrip().lower()
    return before.endswith((" will", " to", " would", " shall", " not"))
