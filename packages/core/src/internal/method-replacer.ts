/** Method replacer: puts a method in the place of another, one function for all objects that had the same one. */

/**
 * Makes the function that replaces the method on an object, or on what objects inherit from. An object that has the
 * replacement already, of its own or inherited, stays as it is.
 *
 * @param replace Makes the new method of the one that it replaces.
 */
export function createMethodReplacer<Name extends string, Method extends object>(
  name: Name,
  replace: (replaced: Method) => Method,
): (holder: Record<Name, Method>) => void {
  const replacements = new WeakMap<Method, Method>();
  const known = new WeakSet<Method>();
  return (holder) => {
    const replaced = holder[name];
    const replacement = replacements.get(replaced);
    if (replacement) holder[name] = replacement;
    else if (!known.has(replaced)) holder[name] = replacementOf(replaced);
  };

  function replacementOf(replaced: Method): Method {
    const replacement = replace(replaced);
    replacements.set(replaced, replacement);
    known.add(replacement);
    return replacement;
  }
}
