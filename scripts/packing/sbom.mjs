// The bill of materials, CycloneDX 1.6: what is in the two files, and what made them.

/** The whole file. Without a time and a random serial number: the same commit gives the same bytes. */
export function sbom({ version, commit, files, crates, toolchain }) {
  const sha = (alg, content) => [{ alg, content }];
  const hex = (integrity) => Buffer.from(integrity.slice("sha384-".length), "base64").toString("hex");
  const application = {
    type: "library",
    "bom-ref": `vocadesk-embed@${version}`,
    name: "vocadesk-embed",
    version,
    licenses: [{ expression: "MIT OR Apache-2.0" }],
    properties: [{ name: "vocadesk:commit", value: commit }],
    components: Object.entries(files).map(([name, { integrity }]) => ({
      type: "file",
      "bom-ref": `file:${name}`,
      name,
      hashes: sha("SHA-384", hex(integrity)),
    })),
  };
  const shipped = crates.map((crate) => ({
    type: "library",
    "bom-ref": refOf(crate),
    name: crate.name,
    version: crate.version,
    scope: "required",
    ...(crate.checksum && { hashes: sha("SHA-256", crate.checksum) }),
    licenses: [{ expression: crate.license }],
    ...(crate.registry && { purl: `pkg:cargo/${crate.name}@${crate.version}` }),
  }));
  const tools = Object.entries(toolchain).map(([name, tool]) => ({ type: "application", name, version: tool }));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: application, tools: { components: tools } },
    components: shipped,
    dependencies: [{ ref: application["bom-ref"], dependsOn: shipped.map((component) => component["bom-ref"]) }],
  };
}

const refOf = ({ name, version, registry }) => (registry ? `pkg:cargo/${name}@${version}` : `rust:${name}@${version}`);
