// Stands behind the TypeScript compiler, which is `ts`, in a snapshot of node in which it has read its library. Started with the names of
// a program, of what is to stand behind it, and of the result: checks the types of the first as `tsc --target esnext`
// does, and writes it as JavaScript, with the second behind it. Exit code 1: it does not compile.
{
  const fs = require('fs')
  const v8 = require('v8')
  const LIBRARY = process.argv[2]
  const PROGRAM = '/program.ts'
  const AROUND = '/around.d.ts'
  const options = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    esModuleInterop: true,
    strict: false,
    alwaysStrict: false,
    types: [],
    skipLibCheck: true,
    newLine: ts.NewLineKind.LineFeed
  }
  const files = new Map()
  const source = (name, text) => files.set(name, ts.createSourceFile(name, text, options.target, false)).get(name)
  const host = {
    getSourceFile: (name) => files.get(name) ?? (name.startsWith(LIBRARY) ? source(name, fs.readFileSync(name, 'utf8')) : undefined),
    fileExists: (name) => files.has(name),
    readFile: (name) => files.get(name)?.text,
    writeFile: (_, text) => { host.written = text },
    getDefaultLibFileName: (given) => `${LIBRARY}/${ts.getDefaultLibFileName(given)}`,
    getDefaultLibLocation: () => LIBRARY,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    directoryExists: () => true,
    getDirectories: () => []
  }

  // what node has and the library does not know, unless the program has it itself
  const VALUES = ['require', 'process', 'Buffer', 'module', 'exports', 'global', '__dirname', '__filename', 'setImmediate', 'clearImmediate']
  const TYPES = ['Timeout', 'Timer', 'Immediate', 'ErrnoException', 'Process', 'ProcessEnv', 'ReadStream', 'WriteStream', 'ReadableStream', 'WritableStream']
  const own = (program) => {
    const names = new Set()
    const add = (name) => ts.isIdentifier(name) ? names.add(name.text) : name.elements.forEach((part) => part.name && add(part.name))
    for (const statement of program.statements) {
      if (ts.isVariableStatement(statement)) statement.declarationList.declarations.forEach(({ name }) => add(name))
      else if (statement.name && ts.isIdentifier(statement.name)) names.add(statement.name.text)
    }
    return names
  }
  const around = (names) => [
    ...VALUES.filter((name) => !names.has(name)).map((name) => `declare var ${name}: any;`),
    names.has('Buffer') ? '' : 'type Buffer = any;',
    names.has('NodeJS') ? '' : `declare namespace NodeJS { ${TYPES.map((name) => `type ${name} = any;`).join(' ')} }`,
    'declare module "*";'
  ].join('\n')

  // a type out of a module of which nothing is known
  const isOfModule = ({ code, messageText, file, start, length }) => {
    if (code === 2694) return String(messageText).startsWith(`Namespace '"*"'`)
    if (code !== 2709) return false
    const name = file.text.slice(start, start + length)
    return file.statements.some((statement) => ts.isImportDeclaration(statement) && statement.getText(file).includes(name))
  }

  let oldProgram
  const compiled = (text) => {
    const program = source(PROGRAM, text)
    source(AROUND, around(own(program)))
    oldProgram = ts.createProgram({ rootNames: [PROGRAM, AROUND], options, host, oldProgram })
    const found = ts.getPreEmitDiagnostics(oldProgram).filter((told) => !isOfModule(told))
    if (found.length > 0) return { errors: ts.formatDiagnostics(found, host) }
    oldProgram.emit()
    return { written: host.written }
  }

  const rehearsal = compiled('const f = (a: number[]): number => a.map((x) => x + 1).length\nconsole.log(new Map([["a", f([])]]))\n')
  if (rehearsal.errors) throw new Error(rehearsal.errors)
  v8.startupSnapshot.setDeserializeMainFunction(() => {
    const [program, behind, result] = process.argv.slice(-3)
    const { errors, written } = compiled(fs.readFileSync(program, 'utf8').replace(/^\ufeff?#!.*/, ''))
    if (errors) {
      fs.writeSync(2, errors.replaceAll('\n../', '\n').replace(/^(\.\.\/)+/, ''))
      process.exit(1)
    }
    fs.writeFileSync(result, written + fs.readFileSync(behind, 'utf8'))
  })
}
