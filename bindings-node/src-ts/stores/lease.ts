import type { AnswerInstead } from "../boundary.js";
import { HeldClaim, type WebhookClaim } from "./claim.js";
import type { ClaimRequest, Handle, Inner, Tell } from "./inner.js";
import { kindOf } from "./kind.js";
import { newToken, readReply } from "./reply.js";
import type { ClaimedSteps } from "./steps.js";

/** Claims, handles and completes: `PROCESS` of a store whose claims are leases. */
export async function underLease(
  { steps, claimed, limited, lease, remember, openKey }: Inner,
  request: ClaimRequest,
  handle: Handle,
  tell: Tell,
): Promise<string | AnswerInstead> {
  const { key } = request;
  const token = newToken();
  let verdict: number | AnswerInstead;
  try {
    // Whoever waits no longer gives the event back, so that the next delivery need not wait for the lease.
    const late = ([word]: readonly [string, number]) => word === "claimed" && claimed.release(key, token, "StoreTimeoutError");
    verdict = readReply(await limited((time) => steps.claim({ ...request, token, lease, remember, openKey }, time), late));
  } catch (error) {
    tell.storeFailed("claim", error);
    return "store_unavailable";
  }
  if (typeof verdict !== "number") return verdict;

  const claim = new HeldClaim(claimed, key, token, verdict);
  try {
    await handle(claim);
  } catch (error) {
    tell.failed(error);
    await giveBack(claimed, claim, error, tell);
    return "handler_failed";
  }
  if (claim.handedOver) return "handed_over";
  try {
    return (await claimed.complete(key, token)) ? "handled" : "claim_lost";
  } catch (error) {
    tell.storeFailed("complete", error);
    return "store_unavailable";
  }
}

async function giveBack(claimed: ClaimedSteps, { key, token }: WebhookClaim, error: unknown, tell: Tell): Promise<void> {
  try {
    if (!(await claimed.release(key, token, kindOf(error)))) tell.lost();
  } catch (failure) {
    tell.storeFailed("release", failure);
  }
}
