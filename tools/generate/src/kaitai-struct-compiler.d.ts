declare module 'kaitai-struct-compiler' {
  interface Importer {
    importYaml(name: string, mode: string): Promise<unknown>;
  }
  const compiler: {
    readonly languages: readonly string[];
    /** Files that the compiler wrote, by name. */
    compile(
      language: string,
      ksy: unknown,
      importer: Importer,
      debug: boolean,
    ): Promise<Record<string, string>>;
  };
  export = compiler;
}
