// SPDX-License-Identifier: MIT
//
// Where everything stands. Tags are rows of an indented tree; the queries that carry one hang behind it on a thread,
// on further lines where they find no room. Mutations have a column of their own on the left, each as near as can be
// to the first tag it invalidates; where the picture is narrow, they stand above the tree instead.
//
// layout() looks at what is open and at the room there is, and gives boxes; drawing.js makes shapes of them.

const LINE = 30; // from one row to the next
const TALL = 24; // a box
const PAD = 10; // inside of a box, left and right
const EDGE = 16; // around the picture

const LIMITS = { tags: 400, children: 200, queries: 40, mutations: 200 }; // shown at first

// What is open, and how much of it is shown. Changed by page.js only.
const view = {
  open: new Set(), // tags whose children are shown
  limits: new Map(), // of a list, when more than at first
  pinned: new Set(), // things that are shown beyond the limit of their list
};

// As many tags as are good to look at, those near the root first.
function openSome() {
  view.open.clear();
  let shown = Math.min(schema.tags[0].children.length, LIMITS.children);
  let level = [schema.tags[0]];
  while (level.length) {
    const next = [];
    for (const tag of level)
      for (const child of tag.children) {
        const more = Math.min(child.children.length, LIMITS.children);
        if (!more || shown + more > LIMITS.tags) continue;
        shown += more;
        view.open.add(child);
        next.push(child);
      }
    level = next;
  }
}

// The part of a list that is shown, in its order, and how many are not.
function shownOf(all, key, limit) {
  const most = view.limits.get(key) || limit;
  if (all.length <= most) return { shown: all, hidden: [] };
  const shown = [], hidden = [];
  all.forEach((thing, i) => (i < most || view.pinned.has(thing) ? shown : hidden).push(thing));
  return { shown, hidden };
}

const measure = (() => {
  const context = document.createElement("canvas").getContext("2d");
  return (text, font) => {
    context.font = font;
    return context.measureText(text).width;
  };
})();

// The arrow's point, and room for the number of queries that a mutation reaches.
function counted(mutation, letter) {
  if (STEPS_OF_ALL > MANY_STEPS) return { extra: 10 };
  mutation.reaches = mutation.reaches === undefined ? reachedByMutation(mutation).size : mutation.reaches;
  return { count: mutation.reaches, extra: 12 + figure(mutation.reaches).length * letter + 8 };
}

function layout(width) {
  const narrow = width < 720;
  const font = getComputedStyle(document.documentElement).getPropertyValue("--code-font");
  const letter = measure("0000000000", font) / 10;
  const most = Math.max(10, Math.min(34, Math.floor((width - 2 * EDGE) / letter) - 8)); // letters in a box
  const indent = narrow ? 14 : 26;
  const right = width - EDGE;
  const place = { width, narrow, boxes: [], byKey: new Map(), rails: [], threads: [], tree: EDGE, title: null };
  let y = EDGE;

  function add(box) {
    box.text = box.text.length > most ? box.text.slice(0, most - 1) + "\u2026" : box.text;
    box.w = box.w || Math.ceil(box.text.length * letter) + 2 * PAD + (box.extra || 0);
    box.h = TALL;
    place.boxes.push(box);
    place.byKey.set(box.key, box);
    return box;
  }

  // Boxes one behind the other, on as many lines as they need; gives the lines.
  function flow(boxes, x, from, lineStart) {
    const lines = [{ x, y: from, end: x }];
    for (const box of boxes) {
      let line = lines[lines.length - 1];
      add(box);
      if (line.end > line.x && line.end + box.w > right) {
        line = { x: lineStart, y: line.y + LINE - 2, end: lineStart };
        lines.push(line);
      }
      box.x = line.end;
      box.y = line.y;
      line.end += box.w + 8;
    }
    return lines;
  }

  const mutations = shownOf(schema.mutations, "mutations", LIMITS.mutations);
  const mutationBoxes = mutations.shown.map((mutation) => (
    { kind: "mutation", key: mutation.id, thing: mutation, text: mutation.name, ...counted(mutation, letter) }));
  if (mutations.hidden.length)
    mutationBoxes.push({ kind: "more", key: "more-mutations", listName: "mutations", limit: LIMITS.mutations,
      hidden: mutations.hidden, text: `${figure(mutations.hidden.length)} more`, group: "mutations" });
  if (narrow && mutationBoxes.length) {
    place.mutationsTitle = { x: EDGE, y: y + 8 };
    y = flow(mutationBoxes, EDGE, y + 20, EDGE).pop().y + LINE + 16;
    place.tagsTitle = { x: EDGE, y: y + 4 };
    y += 16;
  } else if (mutationBoxes.length) {
    mutationBoxes.forEach(add);
    place.column = Math.max(...mutationBoxes.map((box) => box.w));
    place.tree = EDGE + place.column + 96;
  }

  function addQueries(tag, box, level) {
    const { shown, hidden } = shownOf(tag.queries, tag.id + "-queries", LIMITS.queries);
    const boxes = shown.map((query) => (
      { kind: "query", key: tag.id + query.id, thing: query, tag, text: query.name, level }));
    if (hidden.length)
      boxes.push({ kind: "more", key: `more-${tag.id}-queries`, listName: tag.id + "-queries", limit: LIMITS.queries,
        hidden, text: `${figure(hidden.length)} more queries`, level });
    if (!boxes.length) return box.y;
    const behind = box.x + box.w + 16;
    const longest = Math.max(...boxes.map((each) => Math.min(each.text.length, most)));
    const below = behind + longest * letter + 2 * PAD > right; // no room behind the tag
    const x = below ? box.x + indent + 10 : behind;
    const lines = flow(boxes, x, below ? box.y + LINE - 2 : box.y, x);
    const from = below ? box.x + 10 : box.x + box.w;
    for (const line of lines) place.threads.push({ x: from, y: box.y + TALL / 2, to: line, below, end: line.end - 8 });
    return lines[lines.length - 1].y;
  }

  function addTag(tag, x, level) {
    const open = view.open.has(tag), closed = tag.children.length > 0 && !open;
    const box = add({ kind: "tag", key: tag.id, thing: tag, text: tag.label, level, open, x, y,
      extra: tag.children.length ? 14 : 0 });
    if (closed) {
      box.closed = { tags: tag.below[1] - tag.below[0] - 1, reach: tag.reach };
      box.last = box.y;
    } else {
      box.last = addQueries(tag, box, level + 1);
    }
    y = box.last + LINE;
    if (open) addChildren(tag, x + indent, level + 1, box);
    box.bottom = y - (LINE - TALL);
    return box;
  }

  function addChildren(tag, x, level, parent) {
    const { shown, hidden } = shownOf(tag.children, tag.id + "-tags", LIMITS.children);
    const from = parent ? { x: parent.x + 10, y: parent.y + TALL } : { x: place.tree + 8, y: place.title.y + 8 };
    const rail = { from, to: [] };
    place.rails.push(rail);
    for (const child of shown) rail.to.push({ x, y: addTag(child, x, level).y + TALL / 2 });
    if (hidden.length) {
      const tags = hidden.reduce((n, each) => n + each.below[1] - each.below[0], 0);
      const box = add({ kind: "more", key: `more-${tag.id}-tags`, listName: tag.id + "-tags", limit: LIMITS.children,
        hidden, text: `${figure(tags)} more tags`, level, x, y });
      rail.to.push({ x, y: y + TALL / 2 });
      y = box.y + LINE;
    }
  }

  place.title = { x: place.tree, y: y + 14 };
  y += LINE;
  addChildren(schema.tags[0], place.tree + (narrow ? 20 : indent), 1, null);
  if (!narrow) y = Math.max(y, placeMutations(place, mutationBoxes));
  for (const box of place.boxes) {
    const end = box.x + box.w + (box.closed ? 10 + summary(box.closed).length * letter : 0);
    place.width = Math.max(place.width, Math.ceil(end) + EDGE); // what is deep may need more room than there is
  }
  place.right = place.width - EDGE;
  place.height = y + EDGE;
  return place;
}

// The box that stands for a tag: its own, or that of the closed tag it is below.
function boxOfTag(place, tag) {
  while (tag.index && !place.byKey.has(tag.id)) tag = schema.tags[tag.parent];
  return place.byKey.get(tag.id);
}

// Each at the height of its first tag, then down as far as the ones before it need. Gives the bottom.
function placeMutations(place, boxes) {
  const wanted = boxes.map((box) => {
    const target = box.thing && boxOfTag(place, schema.tags[box.thing.invalidates[0].tag]);
    return { box, y: target ? target.y : Infinity };
  });
  wanted.sort((a, b) => a.y - b.y || 0); // those without a place stay as they are
  let free = EDGE + LINE;
  for (const { box, y } of wanted) {
    box.x = EDGE + place.column - box.w;
    box.y = Number.isFinite(y) ? Math.max(y, free) : free;
    free = box.y + LINE;
  }
  // In the order of the keyboard, too.
  place.boxes.splice(0, boxes.length, ...wanted.map(({ box }) => box));
  return free;
}
