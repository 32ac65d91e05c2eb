// What Sphinx's search lacks: lessons come before the reference, accents do not count, and a word that no page has is
// answered with the nearest one that some page has.
Scorer.score = ([page, , , , score]) => score + ({ lessons: 40, guides: 30 }[page.split("/")[0]] ?? 0);

const SHORTEST = 4;
const LONG = 6; // letters of a word that may differ in two of them, others in one
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
const withoutAccents = (text) => text.normalize("NFD").replaceAll(/\p{M}/gu, "");

// How many letters to change, insert or leave out, or neighbors to swap, until one word is the other.
function distance(one, other) {
  let [before, row] = [[], [...other, ""].map((_, place) => place)];
  [...one].forEach((letter, i) => {
    const next = [i + 1];
    [...other].forEach((wanted, j) => {
      next[j + 1] = Math.min(row[j] + (letter !== wanted), row[j + 1] + 1, next[j] + 1);
      if (i && j && letter === other[j - 1] && wanted === one[i - 1]) {
        next[j + 1] = Math.min(next[j + 1], before[j - 1] + 1);
      }
    });
    [before, row] = [row, next];
  });
  return row.at(-1);
}

// The index has the stems of the texts' words; those of the headings are whole, and win. Short words are all alike.
function nearest(word, { terms, titleterms, alltitles }) {
  const stem = new Stemmer().stemWord(word);
  const stems = [...Object.keys(terms), ...Object.keys(titleterms)];
  if (word.length < SHORTEST || stopwords.has(word) || stems.some((known) => known.includes(stem))) return word;
  const american = word.replace(/(?<=i)s(?=(?:e[drs]?|ing|ations?)$)/u, "z");
  if (stems.includes(new Stemmer().stemWord(american))) return american;
  const known = [...new Set([...wordsOf(Object.keys(alltitles).join(" ")), ...stems])];
  const allowed = word.length < LONG ? 1 : 2;
  const all = known.map((other) => [distance(word, other), other]);
  const [far, found] = all.reduce((best, one) => (one[0] < best[0] ? one : best));
  return far <= allowed ? found : word;
}

const KEPT = "sphinx_highlight_terms";
let sought = "";
let index = null;
const { query: search, setIndex } = Search;
Search.setIndex = (given) => {
  index = given;
  setIndex(given);
};
Search.query = (typed) => {
  const query = withoutAccents(typed);
  search(query);
  sought = localStorage.getItem(KEPT) ?? "";
  localStorage.removeItem(KEPT);
  const meant = wordsOf(query)
    .map((word) => nearest(word, index))
    .join(" ");
  if (meant === wordsOf(query).join(" ")) return;
  const link = Object.assign(document.createElement("a"), { textContent: meant });
  link.href = `?q=${encodeURIComponent(meant)}`;
  const line = document.createElement("p");
  line.append("Did you mean ", link, "?");
  Search.status.before(line);
};

// The next page marks the words that Sphinx keeps for it: each result, and no other page that this one leads to.
["click", "auxclick"].forEach((kind) =>
  document.addEventListener(kind, ({ target }) => {
    if (target.closest("#search-results a")) localStorage.setItem(KEPT, sought);
  }),
);
