// What bundlers for edge runtimes make of such an import: the compiled module.
declare module "*.wasm?module" {
  const module: object;
  export default module;
}
