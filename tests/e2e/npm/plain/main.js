// Without a framework: the loader, the element, and the same package in another version.
import { loadVocadesk } from "@vocadesk/embed";
import "@vocadesk/embed/element";
import { loadVocadesk as loadOther } from "other-version";
import "other-version/element";

window.plain = { loadVocadesk, loadOther };
