"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readSecrets = readSecrets;
exports.readOptions = readOptions;
const NAMES = ["toleranceSeconds", "expectLiveMode", "maxPayloadBytes"];
/**
 * The secrets in a form in which the native half can read them without running code of the caller: a string, or an array
 * of our own. What cannot be read is no secret, and `undefined`.
 */
function readSecrets(secrets) {
    if (typeof secrets === "string")
        return secrets;
    try {
        return Array.isArray(secrets) ? copyUpToGap(secrets) : [secrets];
    }
    catch {
        return undefined;
    }
}
/** Stops after the first entry that is missing: it spoils the list, however long that says that it is. */
function copyUpToGap(array) {
    const copy = [];
    for (let index = 0; index < array.length; index++) {
        copy.push(array[index]);
        if (copy[index] == null)
            break;
    }
    return copy;
}
/** The values of the options, and whether all of them exist. A misspelt safeguard must not be ignored. */
function readOptions(options) {
    if (options == null)
        return [undefined, undefined, undefined, true];
    try {
        if (!isPlainObject(options))
            return [];
        const values = NAMES.map((name) => (Object.hasOwn(options, name) ? options[name] : undefined));
        return [...values, Reflect.ownKeys(options).every((key) => NAMES.includes(key))];
    }
    catch {
        return []; // a getter or a proxy refused
    }
}
/** Also one of another realm, whose `Object.prototype` is not ours. */
function isPlainObject(value) {
    if (typeof value !== "object" || Array.isArray(value))
        return false;
    const prototype = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
}
