import TouchlogServer
@main struct Main { static func main() {} }
