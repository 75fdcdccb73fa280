// One statement as the owner of a test's database, on a connection that is closed before the answer is given.
import pg from 'pg';

export async function queryAsOwner<Row extends pg.QueryResultRow>({ ownerUrl }: { readonly ownerUrl: string }, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
