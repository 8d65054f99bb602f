/** Says instants as a phone in Shanghai does; pure functions, the present is handed in. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
// China has kept one zone without summer time since 1991, so a fixed shift is exact.
const SHANGHAI = 8 * HOUR;
const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

const two = (number) => String(number).padStart(2, "0");
const wall = (instant) => new Date(instant.getTime() + SHANGHAI);
const dayNumber = (instant) => Math.floor((instant.getTime() + SHANGHAI) / DAY);

/** 07:30 */
export function hourOf(instant) {
  const at = wall(instant);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/** 11月25日 星期三 */
export function dayOf(instant) {
  const at = wall(instant);
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${WEEKDAYS[at.getUTCDay()]}`;
}

/** The stamp above a message: 07:30 · 昨天 07:30 · 星期三 07:30 · 11月25日 07:30 · 2025年11月25日 07:30 */
export function stampOf(instant, now) {
  const at = wall(instant);
  const age = dayNumber(now) - dayNumber(instant);
  if (age === 0) return hourOf(instant);
  if (age === 1) return `昨天 ${hourOf(instant)}`;
  if (age > 1 && age < 7) return `${WEEKDAYS[at.getUTCDay()]} ${hourOf(instant)}`;
  const year = at.getUTCFullYear() === wall(now).getUTCFullYear() ? "" : `${at.getUTCFullYear()}年`;
  return `${year}${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${hourOf(instant)}`;
}

/** Whether both instants lie in one Shanghai day. */
export const isSameDay = (one, other) => dayNumber(one) === dayNumber(other);

/** The next half past seven in Shanghai after this instant. */
export function nextMorning(now) {
  const today = new Date(dayNumber(now) * DAY - SHANGHAI + 7.5 * HOUR);
  return today > now ? today : new Date(today.getTime() + DAY);
}
