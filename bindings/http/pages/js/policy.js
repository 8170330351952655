// The description of the policy, in the language of the page.

import { get } from "./api.js";

// Returns { policy, answer }: the policy, or the response if it could not be loaded.
export async function fetchPolicy() {
  const answer = await get("/pwd/policy");
  return { policy: answer.ok ? answer.body : null, answer };
}

// Sets the attributes of the inputs, for password managers and keyboards.
export function prepare(policy, { password, code }) {
  if (policy.passwordrules) password.setAttribute("passwordrules", policy.passwordrules);
  if (policy.minLength) password.setAttribute("minlength", String(policy.minLength));
  const digits = !policy.code?.alphabet || /^[0-9]+$/.test(policy.code.alphabet);
  code.inputMode = digits ? "numeric" : "text";
}
