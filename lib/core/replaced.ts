/** Run `body` while a property has another value, and restore it afterwards, also when `body` throws. */
export function replaced<T>(target: object, name: string, value: unknown, body: () => T): T {
  const own = Object.getOwnPropertyDescriptor(target, name); // none when the class has it
  Object.defineProperty(target, name, {value, configurable: true, writable: true, enumerable: true});
  try {
    return body();
  } finally {
    if (own) Object.defineProperty(target, name, own);
    else Reflect.deleteProperty(target, name);
  }
}
