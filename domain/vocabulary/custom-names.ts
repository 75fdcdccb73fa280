// What is said of names that the vocabulary does not know: where they belong in /current, and a sentence for them.
import type { CurrentCategory, CurrentSubcategory } from './current-words.ts';
import type { Place } from './place.ts';
import type { V1Category } from './v1-words.ts';

interface Home {
  /** For an entry that names no profile. */
  readonly category: CurrentCategory;
  readonly sub_category: CurrentSubcategory;
}

const homes: Readonly<Record<V1Category, Home>> = {
  authentication: { category: 'user', sub_category: 'authentication' },
  authorization: { category: 'user', sub_category: 'security' },
  file_access: { category: 'workspace', sub_category: 'storage' },
  file_modification: { category: 'workspace', sub_category: 'storage' },
  sharing: { category: 'share', sub_category: 'members' },
  admin: { category: 'org', sub_category: 'settings' },
  security: { category: 'user', sub_category: 'security' },
  compliance: { category: 'org', sub_category: 'security' },
};
const homeOfUnknown: Home = { category: 'apps', sub_category: 'lifecycle' };

export function customCategory(input: { readonly place: Place; readonly category: V1Category | null }): CurrentCategory {
  return input.place === 'nowhere' ? homeOf(input.category).category : input.place;
}

export function customSubcategory(category: V1Category | null): CurrentSubcategory {
  return homeOf(category).sub_category;
}

/** The words of the name after who did it; braces would be read as params. */
export function customSentence(currentName: string): string {
  const words = currentName.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  return words.length === 0 ? '{calling_user_name} did something' : `{calling_user_name} reported: ${words.join(' ')}`;
}

function homeOf(category: V1Category | null): Home {
  return category === null ? homeOfUnknown : homes[category];
}
