// SPDX-License-Identifier: MIT
//
// What the test asks the page, evaluated in it by test_page.py.

window.look = (() => {
  const boxes = () => [...document.querySelectorAll(".box")];
  const wayOf = (element) => ["prefix", "exact", "soft"].find((way) => element.classList.contains(way));
  const nameOf = (box) => box.getAttribute("aria-label").split(" ")[1].replace(/,$/, "");
  const center = (element) => {
    element.scrollIntoView({ block: "center", inline: "nearest" });
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const find = (kind, name) => boxes().find((box) => box.classList.contains(kind) && nameOf(box) === name);

  // Of all boxes of a kind their ways, where they have one; those of one name must agree.
  function lit(kind) {
    const ways = {};
    for (const box of boxes().filter((each) => each.classList.contains(kind))) {
      const name = nameOf(box), way = wayOf(box) || "";
      if (name in ways && ways[name] !== way) throw new Error(`${name} is ${way} and ${ways[name]}`);
      ways[name] = way;
    }
    return Object.fromEntries(Object.entries(ways).filter(([, way]) => way));
  }

  const select = (kind, name) => {
    const box = find(kind, name);
    if (!box.classList.contains("selected")) box.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    return {
      headline: document.getElementById("headline").textContent,
      queries: lit("query"),
      mutations: lit("mutation"),
      details: document.getElementById("details").innerText,
    };
  };

  // ---- contrast ----

  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function channels(colour) {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  }
  const luminance = (colour) => channels(colour).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (bright + 0.05) / (dark + 0.05);
  };
  const isClear = (colour) => colour === "none" || channels(colour)[3] === 0;
  const paper = () => getComputedStyle(document.body).backgroundColor;

  // What a text of the picture stands on: its box, or every band there is and the paper.
  function grounds(text) {
    const box = text.closest(".box"), mark = text.closest(".mark");
    const inBox = box && !text.classList.contains("summary");
    const shape = mark ? mark.querySelector("circle") : inBox && box.querySelector(".shape");
    const fill = shape ? getComputedStyle(shape).fill : "none";
    if (!isClear(fill)) return [fill];
    return [paper(), ...[...document.querySelectorAll(".band")].map((band) => getComputedStyle(band).fill)
      .filter((colour) => !isClear(colour))];
  }

  function background(element) {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!isClear(colour)) return colour;
    }
    return paper();
  }

  // The texts that are seen and too faint to read.
  function faint() {
    const found = new Set();
    for (const text of document.querySelectorAll("svg text"))
      for (const ground of grounds(text)) {
        const ratio = contrast(getComputedStyle(text).fill, ground);
        const of = text.parentElement.getAttribute("class");
        if (ratio < 4.5) found.add(`${text.textContent} in ${of}: ${ratio.toFixed(2)}`);
      }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !element.offsetParent) continue;
      if (element.closest("svg, script, noscript")) continue;
      const ratio = contrast(getComputedStyle(element).color, background(element));
      if (ratio < 4.5) found.add(`${walker.currentNode.data.trim()} in ${element.className}: ${ratio.toFixed(2)}`);
    }
    return [...found];
  }

  // ---- places ----

  // Boxes that lie on each other or stand out of the picture, links and bands aside.
  function misplaced() {
    const found = [], seen = [];
    const width = document.getElementById("drawing").width.baseVal.value;
    for (const box of boxes()) {
      const { x, y, width: w, height: h } = box.querySelector(".shape").getBBox();
      if (x < 0 || y < 0 || x + w > width) found.push(`${nameOf(box)} is out of the picture`);
      for (const other of seen)
        if (x < other.x + other.w && other.x < x + w && y < other.y + other.h && other.y < y + h)
          found.push(`${nameOf(box)} lies on ${other.name}`);
      seen.push({ name: nameOf(box), x, y, w, h });
    }
    return found;
  }

  return { boxes, center, find, lit, select, faint, misplaced, nameOf };
})();
