// A lint rule: every file begins with a comment that says what it is responsible for.
export const beginsWithComment = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: 'The first line is a comment: one sentence on what this file is responsible for.' },
  },
  create(context) {
    return {
      Program(node) {
        const [first] = context.sourceCode.getAllComments();
        const says = first !== undefined && first.loc.start.line === 1 && first.loc.start.column === 0 && /[\p{L}]{2}/u.test(first.value);
        if (!says) context.report({ node, loc: { line: 1, column: 0 }, messageId: 'missing' });
      },
    };
  },
};
