export { OnWebhook, PayvostWebhooksModule } from "./nestjs.js";
export * from "./nestjs.js";
