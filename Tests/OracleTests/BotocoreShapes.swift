/// A program for Python with botocore that holds an answer against the shape that AWS's own service
/// model gives it, and has botocore read it from the wire.
///
/// It knows nothing of us: every member must be one of the shape, of its type and in its enumeration,
/// every required member must be there, and what botocore reads must be all that was written.
enum BotocoreShapes {
  static let program = #"""
    import json, sys, datetime
    from xml.sax.saxutils import escape
    import botocore.loaders, botocore.model, botocore.parsers

    service, operation, name = sys.argv[1:]
    description = botocore.loaders.Loader().load_service_model(service, "service-2")
    model = botocore.model.ServiceModel(description, service)
    shape = model.operation_model(operation).output_shape
    answer = json.load(open(name))
    members = set()

    def complain(path, words):
        print("BAD", path, words)

    def is_time(value):
        try:
            return isinstance(value, str) and datetime.datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False

    def validate(shape, value, path):
        kind = shape.type_name
        if kind == "structure":
            if not isinstance(value, dict):
                return complain(path, "is no object")
            for key in value:
                if key not in shape.members:
                    complain(path + "." + key, "is unknown")
                else:
                    members.add(path + "." + key)
                    validate(shape.members[key], value[key], path + "." + key)
            for key in shape.required_members:
                if key not in value:
                    complain(path + "." + key, "is missing")
        elif kind == "list":
            if not isinstance(value, list):
                return complain(path, "is no list")
            for element in value:
                validate(shape.member, element, path + "[]")
        elif kind == "string":
            if not isinstance(value, str):
                complain(path, "is no text")
            elif shape.enum and value not in shape.enum:
                complain(path, "has the value %r, which is not in the enumeration" % value)
        elif kind in ("integer", "long"):
            if not isinstance(value, int) or isinstance(value, bool):
                complain(path, "is no whole number")
        elif kind == "boolean":
            if not isinstance(value, bool):
                complain(path, "is no boolean")
        elif kind == "timestamp":
            if not is_time(value):
                complain(path, "is no time: %r" % value)
        else:
            complain(path, "has a type that is not judged here: " + kind)

    def xml(shape, value, name):
        if shape.type_name == "structure":
            body = "".join(
                xml(shape.members[key], value[key], shape.members[key].serialization.get("name", key))
                for key in value if key in shape.members)
        elif shape.type_name == "list":
            inner = shape.member.serialization.get("name", "item")
            body = "".join(xml(shape.member, element, inner) for element in value)
        elif shape.type_name == "boolean":
            body = "true" if value else "false"
        else:
            body = escape(str(value))
        return "<%s>%s</%s>" % (name, body, name)

    def comparable(value):
        if isinstance(value, dict):
            return {key: comparable(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [comparable(inner) for inner in value]
        if isinstance(value, datetime.datetime):
            return value.timestamp()
        if isinstance(value, str) and is_time(value):
            return datetime.datetime.fromisoformat(value).timestamp()
        return value

    validate(shape, answer, "")
    if model.protocol == "ec2":
        body = xml(shape, answer, operation + "Response")
    else:
        body = json.dumps(answer)
    parser = botocore.parsers.create_parser(model.protocol)
    read = parser.parse({"body": body.encode(), "headers": {}, "status_code": 200}, shape)
    read.pop("ResponseMetadata", None)
    if comparable(read) != comparable(answer):
        complain("", "is read by botocore as " + repr(read))
    for member in sorted(members):
        print("MEMBER", member)
    """#
}
