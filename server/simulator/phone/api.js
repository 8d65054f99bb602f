/** Speaks with the simulator's control, under the same roof as the page. */

/** The simulator said no, or could not be reached (`status` 0). */
export class Refused extends Error {
  constructor(status) {
    super(status ? `模拟器回答 ${status}` : "连不上模拟器");
    this.status = status;
  }
}

async function ask(path, body) {
  const how = body === undefined
    ? {}
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(`/simulator/${path}`, { cache: "no-store", ...how });
  } catch {
    throw new Refused(0);
  }
  if (!answer.ok) throw new Refused(answer.status);
  return answer.json();
}

const follower = (openid) => `followers/${encodeURIComponent(openid)}`;

export const account = () => ask("account");
export const followers = async () => (await ask("followers")).followers;
export const newFollower = async () => (await ask("followers", { count: 1 })).openids[0];
export const inbox = async (openid) => (await ask(`${follower(openid)}/inbox`)).items;
export const say = (openid, content) => ask(`${follower(openid)}/messages`, { type: "text", content });
/** Sends what is not text: `{type: "voice", seconds, recognition}`, `{type: "image", picture}`, `{type: "location", …}`. */
export const send = (openid, message) => ask(`${follower(openid)}/messages`, message);
export const happen = (openid, event, key) => ask(`${follower(openid)}/events`, key === undefined ? { event } : { event, key });
export const time = async () => new Date((await ask("clock")).now);
export const advance = (to) => ask("clock", { advance_to: to.toISOString(), settle: true });

/** What has come for the duty staff, oldest first; the newest `limit` of it. */
export const sink = async (limit) => (await ask(`sink?limit=${limit}`)).received;

function line(path) {
  const url = new URL(`/simulator/${path}/live`, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Where the follower's new messages arrive, and where those of the duty staff. */
export const followerLine = (openid) => line(follower(openid));
export const sinkLine = () => line("sink");
