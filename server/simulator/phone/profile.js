/** The account's profile: who it is, and to follow it or no longer. */
import { accountFace } from "./avatars.js";
import { make } from "./nodes.js";

const KINDS = { subscription: "公众号", service: "服务号" };

const fact = (name, value) => make("div", { class: "fact" }, make("dt", {}, name), make("dd", {}, value));

function leaving(account, onLeave) {
  const ask = make("button", { class: "plain danger", type: "button", onclick: () => confirm() }, "不再关注");
  const sure = make("button", { class: "solid solid--danger", type: "button", onclick: onLeave }, "不再关注");
  const stay = make("button", { class: "plain", type: "button", onclick: () => back() }, "再想想");
  const place = make("div", { class: "deeds" }, ask);
  function confirm() {
    place.replaceChildren(make("p", { role: "alert" }, `不再关注后，收不到“${account.name}”的消息，也不能在这里和它说话。`), sure, stay);
    stay.focus();
  }
  function back() {
    place.replaceChildren(ask);
    ask.focus();
  }
  return place;
}

/** The profile as a node; `onFollow(bool)` is called when the person has decided. */
export function profile(account, follower, onFollow) {
  const joining = make("button", { class: "solid", type: "button", onclick: () => onFollow(true) }, "关注公众号");
  return make("div", { class: "profile" },
    make("div", { class: "who" }, accountFace(), make("div", {},
      make("h3", {}, account.name),
      make("p", {}, `${KINDS[account.kind] ?? "公众号"}${account.verified ? " · 已认证" : ""}`))),
    make("dl", {},
      fact("拿着手机的人", follower.name),
      fact("关注", follower.follows ? "已关注" : "未关注"),
      fact("OpenID", make("code", {}, follower.openid))),
    follower.follows ? leaving(account, () => onFollow(false)) : make("div", { class: "deeds" }, joining));
}
