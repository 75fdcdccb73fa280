// The role and password inside a database URL.

export interface Login {
  readonly name: string;
  readonly password: string;
}

export function loginOf(databaseUrl: string): Login {
  const { username, password } = new URL(databaseUrl);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}
