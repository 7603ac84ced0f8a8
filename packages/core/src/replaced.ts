/**
 * Run `body` while a property has another value, and restore it afterwards, also when `body` throws.
 *
 * A property of the object's own is assigned to: V8 looks up every property of an object that was defined anew for the rest of
 * the process, and each `Math.abs` would take as long as five sums once `Math.random` was.
 */
export function replaced<T>(target: object, name: string, value: unknown, body: () => T): T {
  const own = Object.getOwnPropertyDescriptor(target, name); // none when the class has it
  if (own?.writable) Reflect.set(target, name, value);
  else Object.defineProperty(target, name, {value, configurable: true, writable: true, enumerable: true});
  try {
    return body();
  } finally {
    if (own?.writable) Reflect.set(target, name, own.value);
    else if (own) Object.defineProperty(target, name, own);
    else Reflect.deleteProperty(target, name);
  }
}
