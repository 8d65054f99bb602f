/** What lies beside the phone: the clock one can wind on, things to try, and on a small screen the drawer that holds them. */
import { byId } from "./nodes.js";
import { dayOf, hourOf, isSameDay, nextMorning } from "./times.js";

const HOUR = 3_600_000;

/** The panel of the simulated clock. */
export class ClockPanel {
  constructor(clock) {
    this.clock = clock;
    this.buttons = [byId("plus-hour"), byId("to-morning")];
    this.note = byId("clock-note");
    byId("plus-hour").onclick = () => this.wind((now) => new Date(now.getTime() + HOUR));
    byId("to-morning").onclick = () => this.wind(nextMorning);
  }

  /** Says the time on the phone and on the desk. */
  show(now) {
    byId("status-time").textContent = hourOf(now);
    byId("desk-time").textContent = hourOf(now);
    byId("desk-day").textContent = dayOf(now);
    byId("to-morning").textContent = isSameDay(nextMorning(now), now) ? "到今早 07:30" : "到明早 07:30";
  }

  async wind(next) {
    if (this.isBusy) return;
    this.busy(true);
    this.note.textContent = "时间正在往前走……";
    try {
      const settled = await this.clock.advance(next(this.clock.now()));
      const at = hourOf(this.clock.now());
      this.note.textContent = settled === false ? `到 ${at} 了，服务还没有忙完。` : `到 ${at} 了。`;
    } catch {
      this.note.textContent = "时间没有拨动，请再试一次。";
    } finally {
      this.busy(false);
    }
  }

  busy(isBusy) {
    this.isBusy = isBusy;
    for (const button of this.buttons) button.setAttribute("aria-disabled", String(isBusy));
    for (const button of this.buttons) button.classList.toggle("busy", isBusy);
    byId("clock").setAttribute("aria-busy", String(isBusy));
  }
}

/** The drawer of a small screen; on a desk it always lies open and this does nothing. */
export class Drawer {
  constructor() {
    this.side = byId("side");
    this.narrow = matchMedia("(max-width: 719px)");
    this.narrow.onchange = () => this.settle(false);
    byId("open-side").onclick = () => this.settle(true);
    byId("close-side").onclick = () => this.close();
    byId("shade").onclick = () => this.close();
    this.side.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.settle(false);
  }

  settle(open) {
    const isNarrow = this.narrow.matches;
    this.side.classList.toggle("open", open && isNarrow);
    this.side.inert = isNarrow && !open;
    byId("phone").inert = isNarrow && open;
    byId("shade").hidden = !(isNarrow && open);
    byId("open-side").setAttribute("aria-expanded", String(open && isNarrow));
    if (open && isNarrow) byId("close-side").focus();
  }

  close() {
    if (!this.side.classList.contains("open")) return;
    this.settle(false);
    byId("open-side").focus();
  }
}
