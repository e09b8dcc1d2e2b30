// Carousels that copy their slides, so that the last is beside the first: `window.carousels[name]()`; and, as after a change of
// the window's size, `window.again[name]()`.
import jQuery from "jquery";
import Swiper from "swiper";

// Its plugin looks for it there.
window.jQuery = jQuery;
const slick = import("slick-carousel");

let swiper;
window.carousels = {
  swiper: () => (swiper = new Swiper(".swiper", { loop: true })),
  slick: () => slick.then(() => jQuery(".swiper-wrapper").slick({ infinite: true, arrows: false })),
};
window.again = {
  swiper() {
    swiper.loopDestroy();
    swiper.loopCreate();
    swiper.update();
  },
  slick: () => jQuery(".swiper-wrapper").slick("refresh"),
};
