// SPDX-License-Identifier: MIT
//
// The picture: draw() makes shapes of what layout() has placed, light() says by classes which of them are lit, and
// draws what is seen only while something is selected. The list of mutations is a listbox, the tags with their queries
// are a tree; page.js walks the boxes in their order.

function shape(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const round = (n) => Math.round(n * 10) / 10;

// A line down and, around a corner, to the right.
const corner = (from, to) => `M${from.x} ${from.y}V${to.y - 7}q0 7 7 7H${to.x}`;

// One line down to the last, with a branch to each.
const branches = ({ from, to }) => to.map((end, i) =>
  corner(i ? { x: from.x, y: to[i - 1].y - 7 } : from, end)).join("");

function describe(box, way) {
  const { thing } = box;
  const how = way ? ", " + { prefix: "gone", exact: "gone, exactly", soft: "stale, softly" }[way] : "";
  if (box.kind === "more") return `${box.text}: show them`;
  if (box.kind !== "tag") return `${box.kind} ${thing.name}${how}`;
  const carried = thing.queries.length ? `, carried by ${count(thing.queries.length, "query", "queries")}` : "";
  return `tag ${thing.path}, ${thing.type ? "wild, " + thing.type : "static"}${carried}`;
}

function outline(box) {
  const { x, y, w, h } = box;
  if (box.kind === "mutation")
    return shape("path", { class: "shape", d: `M${x + 4} ${y}H${x + w - 10}l10 ${h / 2}l-10 ${h / 2}H${x + 4}`
      + `q-4 0 -4 -4V${y + 4}q0 -4 4 -4z` });
  const rx = { tag: box.thing && box.thing.type ? 12 : 6, query: 3, more: 12 }[box.kind];
  return shape("rect", { class: "shape", x, y, width: w, height: h, rx });
}

function drawBox(box, option) {
  const { x, y, w, h, thing } = box;
  const group = shape("g", {
    id: box.key,
    class: `box ${box.kind}${thing && thing.type ? " wild" : ""}`,
    role: option ? "option" : "treeitem",
    tabindex: -1,
    "aria-label": describe(box),
    "aria-selected": "false",
    "aria-level": option ? undefined : box.level,
    "aria-expanded": thing && thing.kind === "tag" && thing.children.length ? String(box.open) : undefined,
  });
  group.append(shape("rect", { class: "ring", x: x - 3, y: y - 3, width: w + 6, height: h + 6, rx: 8 }), outline(box));
  let textX = x + PAD;
  if (thing && thing.kind === "tag" && thing.children.length) {
    const d = box.open ? "M0 -3h9l-4.5 6z" : "M1.5 -4.5v9l6 -4.5z";
    group.append(shape("g", { class: "toggle" },
      shape("rect", { class: "target", x: x - 4, y, width: 24, height: h }),
      shape("path", { d, transform: `translate(${x + 8} ${y + h / 2})` })));
    textX += 14;
  }
  group.append(shape("text", { x: textX, y: y + 16 }, box.text));
  if (box.count !== undefined)
    group.append(shape("text", { class: "count", x: x + w - 15, y: y + 16 }, figure(box.count)));
  if (thing && box.text.endsWith("\u2026")) group.append(shape("title", {}, thing.path));
  if (box.closed)
    group.append(shape("text", { class: "summary", x: x + w + 10, y: y + 16 }, summary(box.closed)));
  return group;
}

const queriesIn = (reach) => new Set(schema.carriers.slice(...reach).map(([q]) => q));

function summary(closed) {
  const queries = queriesIn(closed.reach).size;
  return count(closed.tags, "tag") + (queries ? ", " + count(queries, "query", "queries") : "");
}

function drawThread({ x, y, to, below, end }) {
  const middle = to.y + TALL / 2;
  const d = below ? corner({ x, y: y + TALL / 2 }, { x: end, y: middle })
    : middle === y ? `M${x} ${y}H${end}` : corner({ x: x + 8, y }, { x: end, y: middle });
  return shape("path", { class: "thread", d });
}

function draw(place) {
  const label = `Tags of ${schema.about.schema}, the queries that carry them, and the mutations`;
  const svg = shape("svg", { id: "drawing", width: place.width, height: place.height, role: "group",
    "aria-label": label, viewBox: `0 0 ${place.width} ${place.height}` });
  const layer = (name, ...children) => shape("g", { class: name }, ...children);
  svg.append(layer("bands"));
  svg.append(layer("rails", ...place.rails.map((rail) => shape("path", { d: branches(rail) }))));
  svg.append(layer("threads", ...place.threads.map(drawThread)));
  svg.append(layer("links"));
  svg.append(shape("text", { class: "title", x: place.title.x, y: place.title.y }, schema.about.schema));
  for (const [title, text] of [["mutationsTitle", "Mutations"], ["tagsTitle", "Tags and their queries"]])
    if (place[title]) svg.append(shape("text", { class: "heading", ...place[title] }, text));
  const mutations = shape("g", { role: "listbox", "aria-label": "Mutations" });
  const tree = shape("g", { role: "tree", "aria-label": "Tags and their queries" });
  for (const box of place.boxes) {
    const option = box.kind === "mutation" || box.group === "mutations";
    box.list = option ? mutations : tree;
    box.element = drawBox(box, option);
    box.list.append(box.element);
  }
  if (mutations.childElementCount) svg.append(mutations);
  if (tree.childElementCount) svg.append(tree);
  return svg;
}

// ---- what is lit ----

const MOST_LINKS = 120; // more of them are drawn only where they are alive

function isAlive(mutation, spec, selected) {
  if (!selected || selected.kind === "mutation") return mutation === selected;
  if (selected.kind === "tag") return inSpan(spec.below, selected.index);
  return selected.positions.some((position) => inSpan(spec.reach, position));
}

function link(place, box, spec, alive) {
  const target = boxOfTag(place, schema.tags[spec.tag]);
  if (!target) return [];
  const from = { x: box.x + box.w, y: box.y + TALL / 2 }, to = { x: target.x - 6, y: target.y + TALL / 2 };
  const bend = round((to.x - from.x) / 2);
  const end = spec.way === "exact" ? shape("circle", { cx: to.x, cy: to.y, r: 4 })
    : shape("path", { class: "head", d: `M${to.x + 4} ${to.y}l-8 -4.5v9z` });
  const d = `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
  return [shape("g", { class: `link ${spec.way}${alive ? " alive" : ""}` }, shape("path", { d }), end)];
}

function band(place, tag, way) {
  const box = place.byKey.get(tag.id);
  if (!box) return [];
  const { x, y } = box;
  return [shape("rect", { class: `band ${way}`, x: x - 8, y: y - 4, width: place.right - x + 14, rx: 10,
    height: (way === "exact" ? box.last + TALL : box.bottom) - y + 8 })];
}

// What lights up when a thing is selected: ways of things, and tags whose bands are drawn.
function lightOf(thing) {
  if (!thing) return { ways: new Map(), bands: [] };
  if (thing.kind === "tag") {
    const ways = reachedByTag(thing);
    for (const [mutation, way] of invalidatorsOf(thing)) ways.set(mutation, way);
    return { ways, bands: [[thing, "prefix"]] };
  }
  if (thing.kind === "mutation") {
    const bands = thing.invalidates.map((spec) => [schema.tags[spec.tag], spec.way]);
    return { ways: reachedByMutation(thing), bands };
  }
  return { ways: reachersOf(thing), bands: [], carried: thing.tags.map((spec) => spec.tag) };
}

function light(place, svg, selected) {
  const { ways, bands, carried } = lightOf(selected);
  const onPath = new Set();
  for (const i of carried || (selected && selected.kind === "tag" ? [selected.index] : []))
    for (let tag = schema.tags[i]; tag.index; tag = schema.tags[tag.parent]) onPath.add(tag);
  const inBand = (tag) => bands.some(([first, way]) =>
    tag === first || (way !== "exact" && inSpan(first.below, tag.index)));
  svg.classList.toggle("lit", Boolean(selected));
  for (const box of place.boxes) {
    const { thing, element } = box;
    const way = ways.get(thing);
    const isSelected = thing && thing === selected;
    const alive = isSelected || way || (box.kind === "tag" && (onPath.has(thing) || inBand(thing)));
    element.classList.remove("selected", "dim", ...WAYS);
    element.classList.toggle("dim", Boolean(selected) && !alive);
    element.classList.toggle("selected", Boolean(isSelected));
    element.setAttribute("aria-selected", String(Boolean(isSelected)));
    element.setAttribute("aria-label", describe(box, way));
    if (way) element.classList.add(way);
    element.querySelectorAll(".mark").forEach((mark) => mark.remove());
    if (way && way !== "prefix") element.append(drawMark(box, way));
    lightHidden(box, ways);
  }
  const drawn = place.narrow ? [] : place.boxes.filter((box) => box.kind === "mutation");
  const many = drawn.reduce((n, box) => n + box.thing.invalidates.length, 0) > MOST_LINKS;
  const links = drawn.flatMap((box) => box.thing.invalidates.flatMap((spec) => {
    const alive = isAlive(box.thing, spec, selected);
    return alive || !many ? link(place, box, spec, alive) : [];
  }));
  svg.querySelector(".links").replaceChildren(...links);
  svg.querySelector(".bands").replaceChildren(...bands.flatMap(([tag, way]) => band(place, tag, way)));
}

function drawMark(box, way) {
  const x = box.x + box.w - 2, y = box.y + 1;
  return shape("g", { class: "mark" }, shape("circle", { cx: x, cy: y, r: 7 }),
    shape("text", { x, y: y + 4 }, way === "exact" ? "=" : "~"));
}

// How many are lit among those that a box stands for.
function lightHidden(box, ways) {
  if (box.closed) {
    const text = box.element.querySelector(".summary");
    const lit = [...queriesIn(box.closed.reach)].filter((q) => ways.has(schema.queries[q])).length;
    text.textContent = summary(box.closed) + (lit ? `, ${figure(lit)} stale` : "");
    text.classList.toggle("alive", lit > 0);
  } else if (box.kind === "more") {
    const lit = box.hidden.filter((thing) => ways.has(thing)).length;
    box.element.querySelector("text").textContent = box.text + (lit ? `, ${figure(lit)} stale` : "");
    box.element.classList.toggle("dim", ways.size > 0 && !lit);
  }
}
