/** The simulator's time: asked every few seconds, carried on by the page's own clock in between. */
import * as api from "./api.js";

const ASK_EVERY = 4000;

export class SimulatedClock {
  /** `onTick(now)` is called every second and whenever the time has jumped. */
  constructor(onTick) {
    this.onTick = onTick;
    this.set(new Date());
  }

  set(now) {
    this.base = now.getTime();
    this.since = performance.now();
    this.onTick(now);
  }

  now() {
    return new Date(this.base + performance.now() - this.since);
  }

  async ask() {
    const now = await api.time();
    this.set(now);
  }

  /** Ticks and asks from now on; an unreachable simulator only leaves the clock running. */
  start() {
    setInterval(() => this.onTick(this.now()), 1000);
    setInterval(() => this.ask().catch(() => undefined), ASK_EVERY);
    return this.ask();
  }

  /** Moves the simulator's time on and waits until the service has caught up; true if it did within 30 seconds. */
  async advance(to) {
    const { now, settled } = await api.advance(to);
    this.set(new Date(now));
    return settled;
  }
}
