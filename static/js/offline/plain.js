// The server's rules/alarms/screening.py for the device: folds a text to plain words and finds the emergency phrases in it.
// tests/offline/texts.json has texts that both must fold the same way.
const SAME = {
  đ: "d", Đ: "d", ى: "ي", ی: "ي", ک: "ك", ة: "ه", ـ: "",
  "'": "", "’": "", "‘": "", ʼ: "", "`": "", "´": "",
};
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\u{20000}-\u{3ffff}]/u;

// In canonical order, an accent swaps places with a mark of the highest combining class; other marks don't.
const isAccent = (letter) => letter === "\u0345" || `\u0345${letter}`.normalize("NFD") === `${letter}\u0345`;

function kept(letter) {
  if (/\p{Cf}/u.test(letter) || (/\p{M}/u.test(letter) && isAccent(letter))) return "";
  if (!/[\p{L}\p{N}\p{M}]/u.test(letter)) return " ";
  return UNSPACED.test(letter) ? ` ${letter} ` : letter;
}

export function plain(text) {
  const same = [...text].map((letter) => SAME[letter] ?? letter).join("");
  const letters = same.toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ").normalize("NFKD");
  return ` ${[...letters].map(kept).join("").split(" ").filter(Boolean).join(" ")} `;
}

function places(phrase, words) {
  const folded = plain(phrase);
  const found = [];
  if (!folded.trim()) return found;
  for (let start = words.indexOf(folded); start >= 0; start = words.indexOf(folded, start + 1)) {
    found.push([start, start + folded.length]);
  }
  return found;
}

// phrases: [{phrase, unless: [longer phrases in which it means something else], kind (who can help)}]
export function redFlags(phrases, text) {
  const words = plain(text);
  return phrases.filter(({ phrase, unless }) => {
    const excuses = unless.flatMap((longer) => places(longer, words));
    return places(phrase, words).some(([start, end]) => !excuses.some(([a, b]) => a <= start && end <= b));
  });
}
