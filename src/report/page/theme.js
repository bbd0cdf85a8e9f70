// The toggle of the theme: every page has the element `theme`. Tells the page of a change by an event.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const toggle = document.getElementById("theme");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  const name = () => {
    toggle.textContent = isDark() ? "Light theme" : "Dark theme";
  };
  const changed = () => {
    name();
    root.dispatchEvent(new Event("themechange"));
  };
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    changed();
  });
  dark.addEventListener("change", changed);
  toggle.hidden = false;
  name();
})();
