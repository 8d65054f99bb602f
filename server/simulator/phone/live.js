/** Keeps a line to the simulator open, and finds it again when it is lost. */

const WAITS = [300, 1000, 2000, 4000, 8000];
// A line that falls sooner than this after it was opened counts as one more failure, else a refusal would be asked for at once, for ever.
const STEADY_AFTER = 5000;

export class LiveLine {
  /** `onOpen()` at every (re)connection, `onNews(value)` for each thing told, `onLost()` when the line falls. */
  constructor(address, { onOpen, onNews, onLost }) {
    this.address = address;
    this.tell = { onOpen, onNews, onLost };
    this.failures = 0;
    this.closed = false;
    this.connect();
  }

  connect() {
    this.socket = new WebSocket(this.address);
    this.socket.onopen = () => {
      this.steady = setTimeout(() => { this.failures = 0; }, STEADY_AFTER);
      this.tell.onOpen();
    };
    this.socket.onmessage = ({ data }) => this.tell.onNews(JSON.parse(data));
    this.socket.onclose = () => this.lost();
  }

  lost() {
    clearTimeout(this.steady);
    if (this.closed) return;
    this.tell.onLost();
    const wait = WAITS[Math.min(this.failures, WAITS.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), wait);
  }

  /** Hangs up for good; nothing more is told. */
  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.onmessage = this.socket.onopen = null;
    this.socket.close();
  }
}
