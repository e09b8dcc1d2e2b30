// PAGE: the tag that this script came by. JavaScript, because only the script itself can ask, as it is read.

/** By the prototype: an element of the page's that is called so stands before what the document has of its own. */
export const documents = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name);

/** The tag; nothing in a module, in a Worker or in a worklet. A fresh start (realms.js) is handed it. */
export const tag = handover ? handover.tag : globalThis.document && documents("currentScript").get.call(document);
