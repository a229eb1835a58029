// What Streamlit cannot do from Python. It stands in the page itself and runs before Streamlit.
(() => {
  "use strict";

  // Without this Streamlit looks for its server in every folder of the address, one after another.
  const basePath = document.querySelector("meta[name=base-path]")?.content ?? "";
  window.__streamlit = { BACKEND_BASE_URL: `${location.origin}${basePath}/` };

  // ---- the first screen stays until the page has an element

  document.addEventListener("DOMContentLoaded", () => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector("[data-testid=stElementContainer]")) return;
      document.querySelector(".first-screen").remove();
      observer.disconnect();
    });
    observer.observe(document.getElementById("root"), { childList: true, subtree: true });
  });

  // ---- theme: light, dark, or that of the system

  const THEME_KEY = "rouble-reaction.theme";
  const DARK_QUERY = "(prefers-color-scheme: dark)";
  const matchMedia = window.matchMedia.bind(window);
  const system = matchMedia(DARK_QUERY);
  const chosenTheme = () => {
    const value = localStorage.getItem(THEME_KEY);
    return value === "light" || value === "dark" ? value : "system";
  };
  const isDark = () =>
    chosenTheme() === "system" ? system.matches : chosenTheme() === "dark";

  // Streamlit follows the system's theme through this object; so the choice looks like the system.
  const scheme = new EventTarget();
  Object.defineProperties(scheme, {
    matches: { get: isDark },
    media: { value: DARK_QUERY },
    addListener: { value: (listener) => scheme.addEventListener("change", listener) },
    removeListener: { value: (listener) => scheme.removeEventListener("change", listener) },
  });
  window.matchMedia = (query) => (query === DARK_QUERY ? scheme : matchMedia(query));

  const markTheme = () => {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    document.documentElement.dataset.chosenTheme = chosenTheme();
  };
  const applyTheme = () => {
    const before = document.documentElement.dataset.theme;
    markTheme();
    if (before === document.documentElement.dataset.theme) return;
    scheme.dispatchEvent(new Event("change"));
    redrawWhenRested();
  };
  // The server draws the figures in the colours of the theme. A run would close an open dialog.
  const redrawWhenRested = () =>
    setTimeout(() => {
      const isBusy = document.querySelector("[data-testid=stDialog], [aria-busy=true]");
      if (isBusy) redrawWhenRested();
      else document.querySelector(".st-key-shell-redraw button")?.click();
    }, 300);
  const chooseTheme = (theme) => {
    localStorage.setItem(THEME_KEY, theme);
    applyTheme();
  };
  markTheme();
  system.addEventListener("change", applyTheme);
  window.addEventListener("storage", (event) => {
    if (event.key === THEME_KEY) applyTheme();
  });

  // ---- pop-overs: a choice of theme or of a page closes them

  const openPopover = () =>
    document.querySelector("[data-testid=stPopoverButton][aria-expanded=true]");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-testid=stPopoverBody] [data-testid=stPageLink-NavLink]");
    if (link) openPopover()?.click();
  });
  document.addEventListener(
    "click",
    (event) => {
      const choice = event.target.closest("[class*='st-key-shell-theme-']");
      if (!choice) return;
      event.stopPropagation(); // nothing for the server to do
      openPopover()?.click();
      chooseTheme(/st-key-shell-theme-(\w+)/.exec(choice.className)[1]);
    },
    true,
  );

  // ---- keyboard

  const SEARCH = ".st-key-view-q input, [class*='st-key-search'] input";
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const isTyping = (target) =>
    target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const actions = {
    "/": () => {
      const field = [...document.querySelectorAll(SEARCH)].find(isShown);
      field?.focus();
      field?.select();
    },
    "?": () => document.querySelector(".st-key-shell-settings button")?.click(),
  };
  actions.h = actions["?"];
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("[data-testid=stDialog]")) return;
    event.preventDefault();
    action();
  });

  // ---- the skip link goes past the navigation, to the heading of the page

  document.addEventListener("click", (event) => {
    const heading = document.querySelector("[data-testid=stMain] h1");
    if (!heading || !event.target.closest("a[href$='#stMain']")) return;
    event.preventDefault();
    heading.tabIndex = -1;
    heading.focus();
  });
})();
