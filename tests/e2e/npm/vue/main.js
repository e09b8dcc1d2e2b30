import { createSSRApp } from "vue";
import App from "./App.vue";

createSSRApp(App, { settings: window.settings }).mount("#vue");
