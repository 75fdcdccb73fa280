// What only a superuser of the database can do: switch the guards of the log off and change what stands there.
import pg from 'pg';

/** The guards stay off: the database of a test is thrown away. */
export async function tamper({ ownerUrl }: { readonly ownerUrl: string }, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const guarded = ['entry', 'tenant_log', 'checkpoint', 'chain_segment'].map((table) => `ALTER TABLE ${table} DISABLE TRIGGER ALL`);
    for (const statement of [...guarded, ...statements]) await client.query(statement);
  } finally {
    await client.end();
  }
}
