// Keys for who works through a list all day. The page is whole without them, and they can be switched off there.
"use strict";
(() => {
  const OFF = "jaminan-keys-off";
  const hint = document.getElementById("keys");
  const help = document.getElementById("keys-help");
  const rows = () => [...document.querySelectorAll(".rows .task a, .register tbody th a")];
  const isOff = () => localStorage.getItem(OFF) !== null;

  function move(by) {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next]?.focus();
  }

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    n: () => document.getElementById("next")?.click(),
    "/": () => document.querySelector(".find input[name=q]")?.focus(),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]") !== null;
    const act = acts[event.key];
    if (!act || isTyping || event.ctrlKey || event.metaKey || event.altKey || help.open || isOff()) return;
    event.preventDefault();
    act();
  });

  function show() {
    hint.hidden = false;
    hint.querySelector(".active").hidden = isOff();
    for (const one of hint.querySelectorAll("button")) one.hidden = (one.value === "on") !== isOff();
  }

  hint.addEventListener("click", (event) => {
    const chosen = event.target.closest("button")?.value;
    if (chosen === "off") localStorage.setItem(OFF, "1");
    if (chosen === "on") localStorage.removeItem(OFF);
    show();
    if (chosen) hint.querySelector("button:not([hidden])").focus();
  });
  help.querySelector("button").addEventListener("click", () => help.close());
  show();
})();
