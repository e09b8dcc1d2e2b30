// The hosts that a server renders and a framework hydrates, each by its name: what stands between two paragraphs.
const marks = (more) => ({ "data-vocadesk-embed": "emb_echo", "data-vocadesk-api-url": window.apiUrl, ...more });
const label = { "data-vocadesk-label": "Ring us" };

/** Every kind: its element, its attributes, its children: words, or elements as [tag, text]. */
export const hosts = {
  words: ["button", marks(), "Talk"],
  children: ["button", marks(), [["b", "Talk"], ["i", "now"]]],
  empty: ["button", marks(), null],
  labelled: ["button", marks(label), null],
  labelledWords: ["button", marks(label), "Talk"],
  labelledChildren: ["button", marks(label), [["b", "Talk"], ["i", "now"]]],
  link: ["a", marks({ href: "/elsewhere" }), "Talk"],
  linkChildren: ["a", marks({ href: "/elsewhere" }), [["b", "Talk"]]],
  linkLabelled: ["a", marks({ href: "/elsewhere", ...label }), null],
  div: ["div", marks(label), null],
  divWords: ["div", marks(), "Talk"],
  divChildren: ["div", marks(label), [["b", "Talk"], ["i", "now"]]],
  span: ["span", marks(), null],
  item: ["li", marks(label), null],
};
