// PAGE: what a node or an object has of its own. An element with a `name` stands before what the document has by that name, and a form's field
// before what the form has (DOM clobbering): of these two the prototypes are asked. JavaScript: it is asked before there is wasm.

const its = (node) => [Document, HTMLFormElement].find((kind) => node instanceof kind)?.prototype ?? node;

/** What an object has itself, and not what every object of the page has. */
export const own = (object, name) => Object.getOwnPropertyDescriptor(object, name)?.value;

/** A member of a node that may be a document or a form. */
export const get = (node, name) => Reflect.get(its(node), name, node);

/** Calls a method of one. */
export const call = (node, name, ...given) => get(node, name).call(node, ...given);
