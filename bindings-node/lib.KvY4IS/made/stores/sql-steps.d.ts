import type { Transact } from "./drivers/driver.js";
import type { ClaimSteps } from "./steps.js";
import { type Table } from "./table.js";
/** Each step is a short transaction of its own. */
export declare function leaseSteps(table: Table): ClaimSteps;
/** The steps of an inbox, and those for a transaction of the caller's. */
export interface InboxSteps extends ClaimSteps {
    /** For one delivery: it is claimed in the transaction that this function opens, and completed before that commits. */
    joining(transact: Transact): ClaimSteps;
}
/** The claim begins a transaction, which lasts until the completion or the release. */
export declare function inboxSteps(table: Table, notesAttempts: boolean): InboxSteps;
