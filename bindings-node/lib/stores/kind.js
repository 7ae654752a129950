"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.kindOf = kindOf;
/** The name of an error's class. Never its message, which may hold anything. */
function kindOf(error) {
    try {
        const name = error instanceof Error ? error.constructor.name || error.name : typeof error;
        return typeof name === "string" ? name : "Error";
    }
    catch {
        return "Error"; // a getter or a proxy refused
    }
}
