// Lets whoever tests set the clocks of page and Worker, each for itself: `jump.page(hours)`, `jump.worker(hours)`.
{
  const settable = () => {
    let ahead = 0;
    const { get } = Object.getOwnPropertyDescriptor(Event.prototype, "timeStamp");
    const [now, wallNow] = [performance.now, Date.now];
    Object.defineProperty(Event.prototype, "timeStamp", { configurable: true, get() { return get.call(this) + ahead; } });
    performance.now = () => now.call(performance) + ahead;
    Date.now = () => wallNow() + ahead;
    return (hours) => { ahead += hours * 3600e3; };
  };
  const [PlainWorker, jumps] = [Worker, new BroadcastChannel("jumps")];
  window.jumped = 0;
  jumps.onmessage = () => jumped++;
  window.Worker = class extends PlainWorker {
    constructor(from) {
      const listen = `const jumps = new BroadcastChannel('jumps'); jumps.onmessage = ({ data }) => { jump(data); jumps.postMessage(0); };`;
      const code = `const jump = (${settable})(); ${listen} importScripts(${JSON.stringify(String(from))});`;
      super(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    }
  };
  window.jump = { page: settable(), worker: (hours) => jumps.postMessage(hours) };
}
