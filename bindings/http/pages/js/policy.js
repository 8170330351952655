// What the server says about its own policy, in the language of the page.

import { get } from "./api.js";

// The policy, or the answer that refused it: { policy, answer }.
export async function fetchPolicy() {
  const answer = await get("/pwd/policy");
  return { policy: answer.ok ? answer.body : null, answer };
}

// The inputs learn what to expect, so that password managers and keyboards do.
export function prepare(policy, { password, code }) {
  if (policy.passwordrules) password.setAttribute("passwordrules", policy.passwordrules);
  if (policy.minLength) password.setAttribute("minlength", String(policy.minLength));
  const digits = !policy.code?.alphabet || /^[0-9]+$/.test(policy.code.alphabet);
  code.inputMode = digits ? "numeric" : "text";
}
