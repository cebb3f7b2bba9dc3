/** The part of WebAssembly that the row module needs: Node has it, Node's type declarations do not. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(pages: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(
      module: Module,
      imports: { readonly env: { readonly memory: Memory; readonly [name: string]: unknown } },
    );
    readonly exports: unknown;
  }
}
