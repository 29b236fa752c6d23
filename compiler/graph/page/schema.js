// SPDX-License-Identifier: MIT
//
// The schema, as t87sc has put it into the page, with what a reader wants to know of it. Nothing here knows what a
// prefix is: spans of tags and of carriers say what reaches what, and are only walked.

const schema = JSON.parse(document.getElementById("data").textContent);

// How a mutation reaches a query; of several ways the last counts.
const WAYS = ["soft", "exact", "prefix"];

const inSpan = (span, i) => span[0] <= i && i < span[1];

schema.tags.forEach((tag, i) => {
  tag.kind = "tag";
  tag.id = "t" + i;
  tag.index = i;
  tag.children = [];
  tag.depth = i ? schema.tags[tag.parent].depth + 1 : 0;
  tag.label = tag.type ? "<" + tag.name + ": " + tag.type + ">" : tag.name;
  const above = tag.depth > 1 ? schema.tags[tag.parent].path + "/" : "";
  tag.path = above + (tag.type ? `<${tag.name}>` : tag.name);
  tag.queries = [];
  tag.mutations = [];
  if (i) schema.tags[tag.parent].children.push(tag);
});
schema.queries.forEach((query, i) => {
  query.kind = "query";
  query.id = "q" + i;
  query.index = i;
  query.label = query.path = query.name;
  query.positions = [];
});
schema.mutations.forEach((mutation, i) => {
  mutation.kind = "mutation";
  mutation.id = "m" + i;
  mutation.index = i;
  mutation.label = mutation.path = mutation.name;
  for (const spec of mutation.invalidates) {
    const named = schema.tags[spec.tag].mutations;
    if (named[named.length - 1] !== mutation) named.push(mutation);
  }
});
schema.carriers.forEach(([q, nth], position) => {
  const query = schema.queries[q];
  const carried = schema.tags[query.tags[nth].tag].queries;
  query.positions.push(position);
  if (carried[carried.length - 1] !== query) carried.push(query);
});

// Everything that can be selected, by its id.
const things = new Map();
for (const thing of [...schema.tags.slice(1), ...schema.queries, ...schema.mutations]) things.set(thing.id, thing);

const figure = (n) => n.toLocaleString("en");
const count = (n, one, many = one + "s") => `${figure(n)} ${n === 1 ? one : many}`;

function duration(ms) {
  for (const [unit, word] of [[86400000, "d"], [3600000, "h"], [60000, "m"], [1000, "s"]])
    if (ms >= unit && ms % unit === 0) return ms / unit + word;
  return ms + "ms";
}

// The path of a tag with what its owner puts into the wilds: users/<author_id>/posts.
function filledPath(spec, params) {
  const path = [];
  let wild = schema.tags[spec.tag].wilds;
  for (let tag = schema.tags[spec.tag]; tag.index; tag = schema.tags[tag.parent])
    path.unshift(tag.type ? `<${params[spec.fills[--wild]].name}>` : tag.name);
  return path.join("/");
}

function wildNames(tag) {
  const names = [];
  for (; tag.index; tag = schema.tags[tag.parent]) if (tag.type) names.unshift(tag.name);
  return names;
}

// An invalidation comes in parts: spans of carriers, how they are reached, and what is given for the wilds.
const partsOfMutation = (mutation) => mutation.invalidates.map((spec) =>
  ({ reach: spec.reach, way: spec.way, names: spec.fills.map((param) => mutation.params[param].name) }));

// Way "exact" of a tag is what its exact invalidation reaches, too.
function partsOfTag(tag) {
  const names = wildNames(tag);
  return [{ reach: tag.reach, way: "prefix", names }, { reach: tag.own, way: "exact", names }];
}

// A map from each query that is reached to its way.
function reachedByMutation(mutation) {
  const found = new Map();
  for (const { reach, way } of mutation.invalidates)
    for (let position = reach[0]; position < reach[1]; position++) {
      const query = schema.queries[schema.carriers[position][0]];
      if (WAYS.indexOf(way) > WAYS.indexOf(found.get(query))) found.set(query, way);
    }
  return found;
}

function reachedByTag(tag) {
  const found = new Map();
  for (const { reach, way } of partsOfTag(tag))
    for (let position = reach[0]; position < reach[1]; position++)
      found.set(schema.queries[schema.carriers[position][0]], way);
  return found;
}

// Which answers of a query are meant: by the parameters of its own that fill the wilds that something is given for.
function whichAnswers(query, nth, names) {
  const own = names.map((_, i) => query.params[query.tags[nth].fills[i]].name);
  const same = own.filter((name, i) => name === names[i]).join(", ");
  const other = own.map((name, i) => `${name} = ${names[i]}`).filter((_, i) => own[i] !== names[i]).join(", ");
  if (!own.length) return "all its answers";
  return "those with " + [same && "that " + same, other].filter(Boolean).join("; ");
}

// The same for a query that some parts reach in a way.
function answersReached(query, parts, way) {
  const which = new Set();
  for (const part of parts)
    if (part.way === way)
      for (const position of query.positions)
        if (inSpan(part.reach, position)) which.add(whichAnswers(query, schema.carriers[position][1], part.names));
  return [...which];
}

// The mutations that reach a query: a map from the mutation to its way.
function reachersOf(query) {
  const found = new Map();
  for (const mutation of schema.mutations)
    for (const spec of mutation.invalidates)
      if (query.positions.some((position) => inSpan(spec.reach, position)))
        if (WAYS.indexOf(spec.way) > WAYS.indexOf(found.get(mutation))) found.set(mutation, spec.way);
  return found;
}

// The mutations that invalidate a tag, whether or not a query carries it.
function invalidatorsOf(tag) {
  const found = new Map();
  for (const mutation of schema.mutations)
    for (const spec of mutation.invalidates)
      if (inSpan(spec.below, tag.index))
        if (WAYS.indexOf(spec.way) > WAYS.indexOf(found.get(mutation))) found.set(mutation, spec.way);
  return found;
}

// So many steps it takes to find what all mutations reach; where they are many, it is not found out unasked.
const MANY_STEPS = 4000000;
const STEPS_OF_ALL = schema.mutations.reduce(
  (sum, { invalidates }) => sum + invalidates.reduce((n, { reach }) => n + reach[1] - reach[0], 1), 0);

function tally(ways) {
  const n = { prefix: 0, exact: 0, soft: 0, all: ways.size };
  for (const way of ways.values()) n[way]++;
  return n;
}
