// The closed word lists of both dialects, and how UPPER spelling is read.
import { describe, expect, it } from '@jest/globals';
import {
  currentCategories,
  currentCategory,
  currentSeverities,
  currentSubcategories,
  currentSubcategory,
  notifications,
  permissions,
  visibilities,
} from '../../domain/vocabulary/current-words.ts';
import {
  parseCategory,
  parseSeverity,
  v1Categories,
  v1Category,
  v1CategoryInput,
  v1Severities,
  v1SeverityInput,
} from '../../domain/vocabulary/v1-words.ts';

describe('the words of v1', () => {
  it('when listed, then there are eight categories and three severities', () => {
    expect(v1Categories).toEqual([
      'authentication',
      'authorization',
      'file_access',
      'file_modification',
      'sharing',
      'admin',
      'security',
      'compliance',
    ]);
    expect(v1Severities).toEqual(['info', 'warning', 'critical']);
  });

  it.each(v1Categories)('when %s comes in lower or UPPER case, then it is the same category', (category) => {
    expect(parseCategory(category)).toBe(category);
    expect(parseCategory(category.toUpperCase())).toBe(category);
    expect(v1CategoryInput.parse(category.toUpperCase())).toBe(category);
    expect(v1Category.safeParse(category.toUpperCase()).success).toBe(false);
  });

  it.each(v1Severities)('when %s comes in lower or UPPER case, then it is the same severity', (severity) => {
    expect(parseSeverity(severity)).toBe(severity);
    expect(parseSeverity(severity.toUpperCase())).toBe(severity);
    expect(v1SeverityInput.parse(severity.toUpperCase())).toBe(severity);
  });

  it.each(['', 'File_Access', 'sharing ', 'toString', 'storage'])('when the word is "%s", then it is no category', (word) => {
    expect(parseCategory(word)).toBeNull();
    expect(parseSeverity(word)).toBeNull();
    expect(v1CategoryInput.safeParse(word).success).toBe(false);
  });
});

describe('the words of /current', () => {
  it('when listed, then the public categories and the two seen elsewhere are there', () => {
    expect([...currentCategories].sort()).toEqual(
      'ai apps billing domain email import invitation metadata node org share upload user workflow workspace'.split(' '),
    );
    expect(currentCategory.safeParse('import').success).toBe(true);
  });

  it('when listed, then the public subcategories and the two seen elsewhere are there', () => {
    expect([...currentSubcategories].sort()).toEqual(
      (
        'ai assets authentication billing cloud_import comments fileshare import_export invitations lifecycle members metadata ' +
        'quickshare security settings storage transfer upload workflow'
      ).split(' '),
    );
    expect(currentSubcategory.safeParse('fileshare').success).toBe(true);
  });

  it('when listed, then audiences and render hints are the known ones', () => {
    expect(visibilities).toEqual(['internal', 'external_audit_log', 'external']);
    expect(permissions).toEqual(['member', 'admin', 'targeted']);
    expect(currentSeverities).toEqual(['info', 'success', 'warning', 'danger']);
    expect(notifications).toEqual(['none', 'badge', 'alert']);
  });
});
