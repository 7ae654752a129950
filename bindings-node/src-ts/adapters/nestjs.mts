export { OnWebhook, PayvostWebhooksModule } from "./nestjs.js";
export type * from "./nestjs.js";
