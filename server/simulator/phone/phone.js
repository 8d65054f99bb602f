/** The simulated phone: introduces its parts to one another and holds whose phone it is. */
import * as api from "./api.js";
import { accountFace } from "./avatars.js";
import { SimulatedClock } from "./clock.js";
import { ClockPanel, Drawer } from "./desk.js";
import { Foot } from "./foot.js";
import { LiveLine } from "./live.js";
import { byId } from "./nodes.js";
import { People } from "./people.js";
import { profile } from "./profile.js";
import { Sheet } from "./sheet.js";
import { Talk } from "./talk.js";
import { Tray } from "./tray.js";
import { openable } from "./words.js";

const LOOK_EVERY = 3000;
const ELSEWHERE = "这一种菜单要在真的微信里才能打开。";

class Phone {
  constructor() {
    this.account = null;
    this.followers = [];
    this.chosen = null;
    this.sheet = new Sheet();
    this.drawer = new Drawer();
    this.foot = new Foot({ onSay: (text) => this.say(text), onTap: (button) => this.tap(button), onFollow: () => this.follow(true) });
    this.tray = new Tray({
      onSend: (message) => this.send(message),
      onRefuse: (sentence) => this.tell(sentence),
      hearsWords: () => this.account.recognition,
    });
    this.people = new People({ onPick: (openid) => this.pick(openid), onNew: () => this.welcome() });
    this.clock = new SimulatedClock((now) => this.tick(now));
    this.panel = new ClockPanel(this.clock);
    this.tick(this.clock.now());
    byId("open-profile").onclick = () => this.showProfile();
    byId("account-face").append(accountFace());
    for (const chip of document.querySelectorAll("[data-say]")) chip.onclick = () => this.try(chip.dataset.say);
  }

  tick(now) {
    this.panel?.show(now);
    this.talk?.restamp(now);
  }

  get follower() {
    return this.followers.find(({ openid }) => openid === this.chosen);
  }

  async start() {
    await Promise.all([this.look(), this.clock.start().catch(() => undefined)]);
    setInterval(() => document.hidden || this.look(), LOOK_EVERY);
  }

  /** Reads account and followers anew; while the simulator cannot be reached the page stays as it is. */
  async look() {
    try {
      [this.account, this.followers] = await Promise.all([api.account(), api.followers()]);
    } catch {
      byId("offline").hidden = false;
      return;
    }
    if (!this.chosen) byId("offline").hidden = true;
    if (this.chosen && !this.follower) this.putDown();
    if (this.chosen || this.followers.length === 0) this.draw();
    else this.pick(this.remembered().openid);
  }

  /** The follower whom the page's address names, else the newest. */
  remembered() {
    const wanted = location.hash.slice(1);
    return this.followers.find(({ openid }) => encodeURIComponent(openid) === wanted) ?? this.followers.at(-1);
  }

  draw() {
    const { account, follower } = this;
    byId("account-name").textContent = account?.name ?? "";
    byId("nobody").hidden = this.followers.length > 0 || account === null;
    this.people.show(this.followers, this.chosen);
    byId("foot").hidden = !follower;
    byId("open-profile").hidden = !follower;
    if (follower) this.foot.show(account.menu, follower.follows);
  }

  /** Takes this follower's phone in hand. */
  pick(openid) {
    this.drawer.close();
    if (openid === this.chosen) return;
    this.putDown();
    this.chosen = openid;
    history.replaceState(null, "", `#${encodeURIComponent(openid)}`);
    this.talk = new Talk({ follower: this.follower, accountName: this.account.name, open: (page) => this.sheet.page(page), say: (text) => this.say(text) }, () => this.clock.now());
    this.line = new LiveLine(api.followerLine(openid), {
      onOpen: () => this.read(),
      onNews: (news) => this.hear(news),
      onLost: () => { byId("offline").hidden = false; },
    });
    this.draw();
  }

  putDown() {
    this.line?.close();
    this.talk?.close();
    this.sheet.close();
    this.tray.shut();
    this.chosen = this.talk = this.line = null;
    byId("offline").hidden = true;
  }

  /** Reads the inbox of the follower in hand; news that arrive meanwhile wait for it. */
  read() {
    const talk = this.talk;
    this.reading = api.inbox(this.chosen).then((items) => {
      if (talk !== this.talk) return;
      byId("offline").hidden = true;
      talk.take(items);
    }, () => undefined);
    return this.reading;
  }

  async hear(news) {
    const talk = this.talk;
    await this.reading;
    if (talk !== this.talk) return;
    if (news.item) talk.take([news.item]);
    if (news.account) {
      this.account = { ...this.account, ...news.account };
      this.draw();
    }
  }

  async say(text) {
    const { talk, chosen } = this;
    const message = talk.send(text);
    try {
      await talk.during(api.say(chosen, text));
      if (talk === this.talk) await this.read();
      talk.drop(message);
    } catch {
      talk.fail(message, () => this.say(text));
    }
  }

  /** Says something for the newcomer at the desk; where nobody is there yet, somebody comes first. */
  async try(text) {
    this.drawer.close();
    if (!this.follower) await this.welcome();
    if (this.follower?.follows) this.say(text);
    else this.tell("先关注公众号，再和它说话。");
  }

  /** Does what a menu button does: tells the account of it, and opens the page it names. */
  tap(button) {
    const address = button.type === "view" ? openable(button.url) : null;
    if (button.type === "click") this.happen("CLICK", button.key);
    else if (address) {
      this.happen("VIEW", button.url);
      this.sheet.page({ url: address, title: button.name });
    } else this.tell(ELSEWHERE);
  }

  happen(event, key) {
    return this.bring(() => api.happen(this.chosen, event, key));
  }

  /** Sends a voice, a picture or a position; it appears as soon as the simulator has it. */
  send(message) {
    return this.bring(() => api.send(this.chosen, message));
  }

  /** Does something that the account hears of, and shows what comes of it. */
  async bring(deed) {
    const talk = this.talk;
    talk.toEnd();
    try {
      await talk.during(deed());
      if (talk === this.talk) await this.read();
    } catch {
      this.tell("没有连上模拟器，请再试一次。");
    }
  }

  async follow(follows) {
    this.sheet.close();
    await this.happen(follows ? "subscribe" : "unsubscribe");
    await this.look();
  }

  showProfile() {
    this.sheet.show("资料", profile(this.account, this.follower, (follows) => this.follow(follows)));
  }

  /** Somebody new follows the account, and the phone is theirs. */
  async welcome() {
    try {
      const openid = await api.newFollower();
      history.replaceState(null, "", `#${encodeURIComponent(openid)}`);
      await this.look();
      this.pick(openid);
    } catch {
      this.tell("没有连上模拟器，请再试一次。");
    }
  }

  tell(sentence) {
    const toast = byId("toast");
    toast.textContent = sentence;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.textContent = ""; }, 4000);
  }
}

new Phone().start();
