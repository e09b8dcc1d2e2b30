// Turbo takes the page's links over as soon as it is there.
import * as Turbo from "@hotwired/turbo";

window.Turbo = Turbo;
